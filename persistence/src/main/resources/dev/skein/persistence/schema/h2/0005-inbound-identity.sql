-- Which message a received packet id stands for; null: it came before this was kept.
ALTER TABLE skein_qos2_in ADD COLUMN IF NOT EXISTS seq BIGINT;
ALTER TABLE skein_qos2_in ADD COLUMN IF NOT EXISTS writer BIGINT;
