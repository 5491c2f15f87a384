-- Wills of live connections; node: the life of the node that has the connection or undertook to publish the will.
CREATE TABLE skein_will (
  connection_id BIGINT PRIMARY KEY,
  node BIGINT NOT NULL,
  instance VARCHAR(64) COLLATE "C" NOT NULL,
  client_id TEXT COLLATE "C" NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  payload BYTEA NOT NULL,
  qos SMALLINT NOT NULL,
  retain BOOLEAN NOT NULL
);
CREATE INDEX skein_will_node ON skein_will (node, connection_id);
