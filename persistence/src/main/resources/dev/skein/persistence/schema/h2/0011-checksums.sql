-- Every statement is repeatable: H2 commits each by itself.

-- CRC32C of what a row says, where H2 keeps none; null: written by the release before, not checked.
ALTER TABLE skein_body ADD COLUMN IF NOT EXISTS checksum BIGINT;
ALTER TABLE skein_queue ADD COLUMN IF NOT EXISTS checksum BIGINT;
ALTER TABLE skein_retained ADD COLUMN IF NOT EXISTS checksum BIGINT;
ALTER TABLE skein_subscription ADD COLUMN IF NOT EXISTS checksum BIGINT;
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS checksum BIGINT;
-- Of how a session ends, which changes with each connection.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS state_checksum BIGINT;
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS checksum BIGINT;
-- When a damaged row was set aside, in milliseconds since the Unix epoch; null: it is not. Those of queues have session 0.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS set_aside_at BIGINT;
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS set_aside_at BIGINT;
ALTER TABLE skein_retained ADD COLUMN IF NOT EXISTS set_aside_at BIGINT;
-- The last commit by a release that writes checksums; another one than batch: the release before has written since.
ALTER TABLE skein_writer ADD COLUMN IF NOT EXISTS checked_batch BIGINT;
