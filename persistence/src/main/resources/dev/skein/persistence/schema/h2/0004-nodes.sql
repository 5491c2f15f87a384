-- The writer id of each node, given once and never to another: 1, 2, 3. Writer 0 wrote before nodes had names.
-- seen_at: when the node last said that it is a member of the cluster; null when it is not.
-- seen_owner: the owner of its writer then.
CREATE TABLE IF NOT EXISTS skein_node (
  name VARCHAR(255) PRIMARY KEY,
  writer INT NOT NULL UNIQUE,
  seen_at TIMESTAMP WITH TIME ZONE,
  seen_owner UUID
);
