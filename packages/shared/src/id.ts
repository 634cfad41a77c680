/** Crockford base32, lower case: no i, l, o, u, so an id read aloud survives. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Every id begins with the shard that holds its row. There is one shard today. */
const SHARD = "00";

const TIME_DIGITS = 10;
const RANDOM_DIGITS = 16;

/**
 * A new opaque id: shard, milliseconds since 1970, 80 random bits. Ids of one shard sort by time,
 * which is what cursor pagination needs. Not a secret: never use one as a token.
 */
export const newId = (now: number): string => {
  let time = "";
  for (let rest = now, digit = 0; digit < TIME_DIGITS; digit += 1) {
    time = ALPHABET[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_DIGITS));
  return SHARD + time + Array.from(random, (byte) => ALPHABET[byte & 31]).join("");
};
