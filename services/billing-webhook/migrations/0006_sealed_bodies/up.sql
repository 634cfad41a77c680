-- A body is about a person, so it is sealed with a key of its own: forgetting the key forgets the body,
-- wherever its ciphertext has been copied. What stays (`told`, dedupe hash, clock) names nobody.
-- Rows of before are not sealed.
ALTER TABLE inbox ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbox ADD COLUMN body_key BLOB;
-- What an applied event says in our words, as JSON; the tables can be made again from it.
ALTER TABLE inbox ADD COLUMN told TEXT;
