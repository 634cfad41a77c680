// The shared package names the runtime's CryptoKey type; @types/node has it only inside a module.
import type { webcrypto } from "node:crypto";

declare global {
  type CryptoKey = webcrypto.CryptoKey;
}
