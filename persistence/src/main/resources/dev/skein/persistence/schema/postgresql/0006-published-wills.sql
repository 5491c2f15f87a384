-- The message that a will has become; null: it is not published yet.
ALTER TABLE skein_will ADD COLUMN seq BIGINT;
ALTER TABLE skein_will ADD COLUMN writer BIGINT;
-- The newest schema that a release must know to work with this one; null: this one.
ALTER TABLE schema_version ADD COLUMN oldest_reader INT;
