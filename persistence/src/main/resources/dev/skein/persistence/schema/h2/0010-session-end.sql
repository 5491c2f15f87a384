-- The node whose connection has the session; null: none has, or that was not recorded, as in rows of the release before.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS holder BIGINT;
-- Whether the will of a former connection may wait for its delay.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS will_waits BOOLEAN DEFAULT FALSE NOT NULL;
-- When a session that no connection has is over, by its own expiry; null: never, by settings, or a connection has it.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS expires_at BIGINT GENERATED ALWAYS AS (CASE WHEN holder IS NULL AND disconnected_at > 0 AND expiry_seconds < 4294967295 THEN disconnected_at + 1000 * expiry_seconds END);
-- Since when no connection has a session that lives by settings.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS left_at BIGINT GENERATED ALWAYS AS (CASE WHEN holder IS NULL AND disconnected_at > 0 AND expiry_seconds IS NULL THEN disconnected_at END);
CREATE INDEX IF NOT EXISTS skein_session_expires ON skein_session (instance, expires_at, id);
CREATE INDEX IF NOT EXISTS skein_session_since ON skein_session (instance, left_at, id);
CREATE INDEX IF NOT EXISTS skein_session_holder ON skein_session (holder, id);
CREATE INDEX IF NOT EXISTS skein_will_due ON skein_will (due_at, connection_id);
