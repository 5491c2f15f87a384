-- One row for each writer: the owner that may write, its last commit, the last sequence it gave away.
CREATE TABLE skein_writer (
  writer BIGINT PRIMARY KEY,
  owner UUID NOT NULL,
  batch BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL
) WITH (fillfactor = 50);

-- Blocks of 64 session ids.
CREATE SEQUENCE skein_session_ids START WITH 64 INCREMENT BY 64;

-- key_hash: SHA-256 of instance and client id, cut to 16 bytes. client_prefix: for the order of listings, because a
-- B-tree entry holds about 2700 bytes and a client id up to 65535.
CREATE TABLE skein_session (
  id BIGINT PRIMARY KEY,
  key_hash UUID NOT NULL,
  instance VARCHAR(64) COLLATE "C" NOT NULL,
  client_prefix VARCHAR(128) COLLATE "C" NOT NULL,
  client_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  disconnected_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX skein_session_key ON skein_session (key_hash);
CREATE INDEX skein_session_client ON skein_session (instance, client_prefix);
CREATE INDEX skein_session_left ON skein_session (instance, disconnected_at, id);

-- parent: first level of the filter, bounded; '' when it is a wildcard.
CREATE TABLE skein_subscription (
  session_id BIGINT NOT NULL,
  filter_hash UUID NOT NULL,
  instance VARCHAR(64) COLLATE "C" NOT NULL,
  parent VARCHAR(64) COLLATE "C" NOT NULL,
  filter TEXT COLLATE "C" NOT NULL,
  qos SMALLINT NOT NULL,
  PRIMARY KEY (session_id, filter_hash)
);
CREATE INDEX skein_subscription_route ON skein_subscription (instance, parent, session_id);

-- A message with several receivers, once. Its queue rows have row_seq seq .. seq + receivers - 1.
CREATE TABLE skein_body (
  seq BIGINT NOT NULL,
  writer BIGINT NOT NULL,
  receivers INT NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  payload BYTEA NOT NULL,
  PRIMARY KEY (seq, writer)
);

-- row_seq grows with time. topic and payload: with one receiver only. Rows live for a short time, so the table is
-- vacuumed early.
CREATE TABLE skein_queue (
  row_seq BIGINT NOT NULL,
  writer BIGINT NOT NULL,
  session_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  qos SMALLINT NOT NULL,
  sent_packet_id INT NOT NULL,
  topic TEXT COLLATE "C",
  payload BYTEA,
  PRIMARY KEY (row_seq, writer)
) WITH (autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX skein_queue_session ON skein_queue (session_id, writer, seq);

-- QoS 2: packet ids between PUBREC and PUBCOMP, in the order of position.
CREATE TABLE skein_qos2_out (
  session_id BIGINT NOT NULL,
  packet_id INT NOT NULL,
  position BIGINT NOT NULL,
  PRIMARY KEY (session_id, packet_id)
);

-- QoS 2: packet ids received and not released.
CREATE TABLE skein_qos2_in (
  session_id BIGINT NOT NULL,
  packet_id INT NOT NULL,
  PRIMARY KEY (session_id, packet_id)
);

-- key_hash: SHA-256 of instance and topic, cut to 16 bytes. topic_prefix: for the order of listings.
CREATE TABLE skein_retained (
  key_hash UUID PRIMARY KEY,
  instance VARCHAR(64) COLLATE "C" NOT NULL,
  parent VARCHAR(64) COLLATE "C" NOT NULL,
  topic_prefix VARCHAR(128) COLLATE "C" NOT NULL,
  topic TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  writer BIGINT NOT NULL,
  qos SMALLINT NOT NULL,
  payload BYTEA NOT NULL
);
CREATE INDEX skein_retained_parent ON skein_retained (instance, parent, topic_prefix);
CREATE INDEX skein_retained_topic ON skein_retained (instance, topic_prefix);

-- Removed sessions whose queue was too long to go in the same commit.
CREATE TABLE skein_discarded (
  session_id BIGINT PRIMARY KEY
);
