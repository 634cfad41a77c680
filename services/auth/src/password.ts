import { fromBase64Url, toBase64Url } from "@luna/shared/bytes";
import { mac, macMatches, type KeySet } from "@luna/shared/key-set";
import * as v from "valibot";

/** OWASP Password Storage: argon2id with 19 MiB, two passes, one lane. */
export const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, hashLength: 32 };
const SALT_BYTES = 16;

/** ASVS 6.2: at least 8 characters, no composition rules, no trimming; 1 KiB bounds the work. */
const MIN_CHARACTERS = 8;
const MAX_CHARACTERS = 256;

const characters = (text: string): number => Array.from(text).length;

export const NewPassword = v.pipe(
  v.string(),
  v.check(
    (text) => characters(text) >= MIN_CHARACTERS,
    `must have at least ${MIN_CHARACTERS} characters`,
  ),
  v.check(
    (text) => characters(text) <= MAX_CHARACTERS,
    `must have at most ${MAX_CHARACTERS} characters`,
  ),
  // For the reference: JSON Schema counts characters as these checks do, JavaScript does not.
  v.metadata({ minLength: MIN_CHARACTERS, maxLength: MAX_CHARACTERS }),
);

/** A password somebody claims to have: never told why it could not be one. */
export const GivenPassword = v.pipe(v.string(), v.maxLength(MAX_CHARACTERS * 4));

/** argon2id over password and salt: 32 bytes. Synchronous and slow on purpose. */
export type Argon2id = (password: string, salt: Uint8Array) => Uint8Array;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Costs one hash whether or not there is a stored one, so timing tells nothing. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

const { memoryCost, timeCost, parallelism } = PARAMETERS;
const PREFIX = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism},keyid=`;

/**
 * PHC text `$argon2id$v=19$m=…,t=…,p=…,keyid=<pepper>$<salt>$<tag>`, where the tag is the HMAC of the
 * argon2 output under a pepper that is not in the database: a stolen table alone cannot be searched.
 */
export const createPasswords = (argon2id: Argon2id, peppers: KeySet): Passwords => ({
  async hash(password) {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
    const peppered = await mac(peppers, toBase64Url(argon2id(password, salt)));
    if (peppered === null) throw new Error("a parsed key set lists its current key");
    return `${PREFIX}${peppered.kid}$${toBase64Url(salt)}$${toBase64Url(peppered.tag)}`;
  },

  async verify(password, stored) {
    const [kid = "", saltText = "", tagText = ""] = (stored ?? "").slice(PREFIX.length).split("$");
    const salt = fromBase64Url(saltText);
    const tag = fromBase64Url(tagText);
    const known = stored?.startsWith(PREFIX) === true && salt?.length === SALT_BYTES;
    const output = toBase64Url(argon2id(password, known ? salt : new Uint8Array(SALT_BYTES)));
    return (await macMatches(peppers, output, kid, tag ?? new Uint8Array())) && known;
  },
});
