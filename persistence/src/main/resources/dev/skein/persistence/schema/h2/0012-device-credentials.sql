-- The credential of a device, one for each client ID. client_hash: of instance and client ID. client_prefix: its first 128
-- characters. owner: to whom the device's sessions belong. Times in milliseconds since 1970.
CREATE TABLE IF NOT EXISTS skein_device_credential (
  client_hash UUID PRIMARY KEY,
  instance VARCHAR(64) NOT NULL,
  client_prefix VARCHAR(128) NOT NULL,
  client_id VARCHAR NOT NULL,
  key_id VARCHAR(64) NOT NULL,
  secret VARCHAR(128) NOT NULL,
  owner VARCHAR(255) NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS skein_device_credential_key ON skein_device_credential (instance, key_id);
CREATE INDEX IF NOT EXISTS skein_device_credential_client ON skein_device_credential (instance, client_prefix, client_id);
