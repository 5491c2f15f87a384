-- Every statement is repeatable: H2 commits each by itself.

-- One row for each writer: the owner that may write, its last commit, the last sequence it gave away.
CREATE TABLE IF NOT EXISTS skein_writer (
  writer BIGINT PRIMARY KEY,
  owner UUID NOT NULL,
  batch BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL
);

-- Blocks of 64 session ids.
CREATE SEQUENCE IF NOT EXISTS skein_session_ids START WITH 64 INCREMENT BY 64 NO CACHE;

-- key_hash: SHA-256 of instance and client id, cut to 16 bytes. client_prefix: for the order of listings.
CREATE TABLE IF NOT EXISTS skein_session (
  id BIGINT PRIMARY KEY,
  key_hash UUID NOT NULL,
  instance VARCHAR(64) NOT NULL,
  client_prefix VARCHAR(128) NOT NULL,
  client_id VARCHAR NOT NULL,
  created_at BIGINT NOT NULL,
  disconnected_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS skein_session_key ON skein_session (key_hash);
CREATE INDEX IF NOT EXISTS skein_session_client ON skein_session (instance, client_prefix, client_id);
CREATE INDEX IF NOT EXISTS skein_session_left ON skein_session (instance, disconnected_at, id);

-- parent: first level of the filter, bounded; '' when it is a wildcard.
CREATE TABLE IF NOT EXISTS skein_subscription (
  session_id BIGINT NOT NULL,
  filter_hash UUID NOT NULL,
  instance VARCHAR(64) NOT NULL,
  parent VARCHAR(64) NOT NULL,
  filter VARCHAR NOT NULL,
  qos SMALLINT NOT NULL,
  PRIMARY KEY (session_id, filter_hash)
);
CREATE INDEX IF NOT EXISTS skein_subscription_route ON skein_subscription (instance, parent, session_id);

-- A message with several receivers, once. Its queue rows have row_seq seq .. seq + receivers - 1.
CREATE TABLE IF NOT EXISTS skein_body (
  seq BIGINT PRIMARY KEY,
  writer BIGINT NOT NULL,
  receivers INT NOT NULL,
  topic VARCHAR NOT NULL,
  payload VARBINARY NOT NULL
);

-- row_seq grows with time, so the oldest rows are the first of the table. topic and payload: with one receiver only.
CREATE TABLE IF NOT EXISTS skein_queue (
  row_seq BIGINT PRIMARY KEY,
  writer BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  qos SMALLINT NOT NULL,
  sent_packet_id INT NOT NULL,
  topic VARCHAR,
  payload VARBINARY
);
CREATE INDEX IF NOT EXISTS skein_queue_session ON skein_queue (session_id, writer, seq);

-- QoS 2: packet ids between PUBREC and PUBCOMP, in the order of position.
CREATE TABLE IF NOT EXISTS skein_qos2_out (
  session_id BIGINT NOT NULL,
  packet_id INT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (session_id, packet_id)
);

-- QoS 2: packet ids received and not released.
CREATE TABLE IF NOT EXISTS skein_qos2_in (
  session_id BIGINT NOT NULL,
  packet_id INT NOT NULL,
  PRIMARY KEY (session_id, packet_id)
);

-- key_hash: SHA-256 of instance and topic, cut to 16 bytes. topic_prefix: for the order of listings.
CREATE TABLE IF NOT EXISTS skein_retained (
  key_hash UUID PRIMARY KEY,
  instance VARCHAR(64) NOT NULL,
  parent VARCHAR(64) NOT NULL,
  topic_prefix VARCHAR(128) NOT NULL,
  topic VARCHAR NOT NULL,
  seq BIGINT NOT NULL,
  writer BIGINT NOT NULL,
  qos SMALLINT NOT NULL,
  payload VARBINARY NOT NULL
);
CREATE INDEX IF NOT EXISTS skein_retained_parent ON skein_retained (instance, parent, topic_prefix, topic);
CREATE INDEX IF NOT EXISTS skein_retained_topic ON skein_retained (instance, topic_prefix, topic);

-- Removed sessions whose queue was too long to go in the same commit.
CREATE TABLE IF NOT EXISTS skein_discarded (
  session_id BIGINT PRIMARY KEY
);
