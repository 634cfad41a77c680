import { toBase64Url, utf8 } from "@luna/shared/bytes";
import Argon2, { Argon2Type, Argon2Version } from "@phi-ag/argon2";
import wasm from "@phi-ag/argon2/argon2.wasm";

import { PARAMETERS, type Argon2id } from "./password.ts";

/** One instance per isolate: its 19 MiB are reused by every hash. The module is compiled at deploy. */
let instance: Argon2 | undefined;

/**
 * The password goes in as base64url of its UTF-8: the library takes the number of UTF-16 units for
 * the number of bytes, so of a password beyond ASCII it would hash only the beginning.
 */
export const argon2id: Argon2id = (password, salt) => {
  instance ??= new Argon2(new WebAssembly.Instance(wasm, {}));
  return instance.hash(toBase64Url(utf8(password)), {
    ...PARAMETERS,
    salt,
    type: Argon2Type.Argon2id,
    version: Argon2Version.Version13,
  }).hash;
};
