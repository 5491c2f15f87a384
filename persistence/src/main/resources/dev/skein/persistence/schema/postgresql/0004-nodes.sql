-- The writer id of each node, given once and never to another: 1, 2, 3. Writer 0 wrote before nodes had names.
CREATE TABLE skein_node (
  name VARCHAR(255) COLLATE "C" PRIMARY KEY,
  writer INT NOT NULL UNIQUE
);
