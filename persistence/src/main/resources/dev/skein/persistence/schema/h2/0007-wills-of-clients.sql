-- Whether another node than that of the connection undertook to publish the will.
ALTER TABLE skein_will ADD COLUMN IF NOT EXISTS taken_over BOOLEAN DEFAULT FALSE NOT NULL;
CREATE INDEX IF NOT EXISTS skein_will_client ON skein_will (instance, client_id);
