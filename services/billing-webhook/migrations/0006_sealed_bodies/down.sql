-- Bodies that are sealed cannot be read without their keys: going back forgets them, not that they were.
ALTER TABLE inbox DROP COLUMN told;
ALTER TABLE inbox DROP COLUMN body_key;
ALTER TABLE inbox DROP COLUMN sealed;
