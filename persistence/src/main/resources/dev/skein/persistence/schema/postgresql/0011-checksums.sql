-- PostgreSQL has checksums of its pages: these columns stay null.
ALTER TABLE skein_body ADD COLUMN checksum BIGINT;
ALTER TABLE skein_queue ADD COLUMN checksum BIGINT;
ALTER TABLE skein_retained ADD COLUMN checksum BIGINT;
ALTER TABLE skein_subscription ADD COLUMN checksum BIGINT;
ALTER TABLE skein_session ADD COLUMN checksum BIGINT;
ALTER TABLE skein_session ADD COLUMN state_checksum BIGINT;
ALTER TABLE skein_will ADD COLUMN checksum BIGINT;
ALTER TABLE skein_session ADD COLUMN set_aside_at BIGINT;
ALTER TABLE skein_will ADD COLUMN set_aside_at BIGINT;
ALTER TABLE skein_retained ADD COLUMN set_aside_at BIGINT;
ALTER TABLE skein_writer ADD COLUMN checked_batch BIGINT;
