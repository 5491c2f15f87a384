-- The node whose connection has the session; null: none has, or that was not recorded, as in rows of the release before.
ALTER TABLE skein_session ADD COLUMN holder BIGINT;
-- Whether the will of a former connection may wait for its delay.
ALTER TABLE skein_session ADD COLUMN will_waits BOOLEAN DEFAULT FALSE NOT NULL;
-- When a session that no connection has is over, by its own expiry; null: never, by settings, or a connection has it.
ALTER TABLE skein_session ADD COLUMN expires_at BIGINT GENERATED ALWAYS AS (CASE WHEN holder IS NULL AND disconnected_at > 0 AND expiry_seconds < 4294967295 THEN disconnected_at + 1000 * expiry_seconds END) STORED;
-- Since when no connection has a session that lives by settings.
ALTER TABLE skein_session ADD COLUMN left_at BIGINT GENERATED ALWAYS AS (CASE WHEN holder IS NULL AND disconnected_at > 0 AND expiry_seconds IS NULL THEN disconnected_at END) STORED;
CREATE INDEX skein_session_expires ON skein_session (instance, expires_at, id) WHERE expires_at IS NOT NULL;
CREATE INDEX skein_session_since ON skein_session (instance, left_at, id) WHERE left_at IS NOT NULL;
CREATE INDEX skein_session_holder ON skein_session (holder, id) WHERE holder IS NOT NULL;
CREATE INDEX skein_will_due ON skein_will (due_at, connection_id) WHERE due_at IS NOT NULL;
