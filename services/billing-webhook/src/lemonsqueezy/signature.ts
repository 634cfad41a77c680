import { fromHex, utf8 } from "@luna/shared/bytes";

/** HMAC-SHA-256 in hex as the provider writes it: whoever writes upper case is somebody else. */
const SIGNATURE = /^[0-9a-f]{64}$/;

/**
 * Whether one of the secrets signed exactly these bytes. The body is PHP's JSON (`\/`, `\u00e9`):
 * parsed and written again it has other bytes, so nothing may touch it before this.
 */
export const isSigned = async (
  body: Uint8Array<ArrayBuffer>,
  header: string | null,
  secrets: readonly string[],
): Promise<boolean> => {
  if (header === null || !SIGNATURE.test(header)) return false;
  const signature = fromHex(header);
  if (signature === null) return false;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey("raw", utf8(secret), algorithm, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, signature, body)) return true;
  }
  return false;
};
