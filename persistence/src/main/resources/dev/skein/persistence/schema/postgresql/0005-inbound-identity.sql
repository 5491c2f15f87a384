-- Which message a received packet id stands for; null: it came before this was kept.
ALTER TABLE skein_qos2_in ADD COLUMN seq BIGINT;
ALTER TABLE skein_qos2_in ADD COLUMN writer BIGINT;
