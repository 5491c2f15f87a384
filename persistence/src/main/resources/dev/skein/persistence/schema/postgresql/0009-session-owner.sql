-- The identity that a session belongs to; null: nobody yet, as in rows of the release before, which works without.
ALTER TABLE skein_session ADD COLUMN owner TEXT COLLATE "C";
