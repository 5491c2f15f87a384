-- Every statement is repeatable: H2 commits each by itself.

-- What MQTT 5 says of messages, subscriptions and sessions. All of it may be missing: rows of the release before do not
-- have it, and that release reads and writes the tables without.
-- properties: as an MQTT 5 PUBLISH encodes them. expires_at: milliseconds since the Unix epoch; null: never.
-- origin: kind and name of the publisher; null: not told.
ALTER TABLE skein_body ADD COLUMN IF NOT EXISTS properties VARBINARY;
ALTER TABLE skein_body ADD COLUMN IF NOT EXISTS expires_at BIGINT;
ALTER TABLE skein_body ADD COLUMN IF NOT EXISTS origin VARCHAR;
ALTER TABLE skein_queue ADD COLUMN IF NOT EXISTS properties VARBINARY;
ALTER TABLE skein_queue ADD COLUMN IF NOT EXISTS expires_at BIGINT;
ALTER TABLE skein_queue ADD COLUMN IF NOT EXISTS origin VARCHAR;
ALTER TABLE skein_retained ADD COLUMN IF NOT EXISTS properties VARBINARY;
ALTER TABLE skein_retained ADD COLUMN IF NOT EXISTS expires_at BIGINT;
ALTER TABLE skein_retained ADD COLUMN IF NOT EXISTS origin VARCHAR;
-- Seconds. Its message expires so long after it was published; 0: never.
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS properties VARBINARY;
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS delay_seconds BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS expiry_seconds BIGINT DEFAULT 0 NOT NULL;
-- When a will that waits after the end of its connection is to be published, in milliseconds since the Unix epoch.
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS due_at BIGINT;
-- options: no local 1, retain as published 2, retain handling times 4. identifier 0: there is none.
ALTER TABLE skein_subscription ADD COLUMN IF NOT EXISTS options SMALLINT DEFAULT 0 NOT NULL;
ALTER TABLE skein_subscription ADD COLUMN IF NOT EXISTS share_group VARCHAR;
ALTER TABLE skein_subscription ADD COLUMN IF NOT EXISTS identifier INT DEFAULT 0 NOT NULL;
-- Seconds after the end of its connection; null: by the settings of the node.
ALTER TABLE skein_session ADD COLUMN IF NOT EXISTS expiry_seconds BIGINT;
