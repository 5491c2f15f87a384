-- The message that a will has become; null: it is not published yet.
ALTER TABLE skein_will ADD COLUMN seq BIGINT;
ALTER TABLE skein_will ADD COLUMN writer BIGINT;
