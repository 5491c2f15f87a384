-- Every statement is repeatable: H2 commits each by itself.

-- Wills of live connections; node: the life of the node that has the connection or undertook to publish the will.
CREATE TABLE IF NOT EXISTS skein_will (
  connection_id BIGINT PRIMARY KEY,
  node BIGINT NOT NULL,
  instance VARCHAR(64) NOT NULL,
  client_id VARCHAR NOT NULL,
  topic VARCHAR NOT NULL,
  payload VARBINARY NOT NULL,
  qos SMALLINT NOT NULL,
  retain BOOLEAN NOT NULL
);
CREATE INDEX IF NOT EXISTS skein_will_node ON skein_will (node, connection_id);
