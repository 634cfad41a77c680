import type { Mutation } from "./mutant.ts";

/** `<=` in place of `<`: of two stories of one moment the one that arrives last stands. */
export const LAST_STANDS: Mutation = {
  file: "src/observed-store.ts",
  from: `(excluded.updated_at, excluded.item_updated_at, excluded.urls_expire_at, excluded.digest)
    > (updated_at, item_updated_at, urls_expire_at, digest)`,
  to: `(excluded.updated_at, excluded.item_updated_at, excluded.urls_expire_at)
    >= (updated_at, item_updated_at, urls_expire_at)`,
};

/** The key of a receipt is another one each time it is handed over. */
export const KEY_OF_ITS_OWN: Mutation = {
  file: "src/mail-notices.ts",
  from: "key: `${kind}:${id}:1`",
  to: "key: `${kind}:${id}:${crypto.randomUUID()}`",
};

/** What the service says to a wrong signature, from which a mutant can be told. */
export const REFUSAL = "The signature does not match the body.";
export const MUTANT_SPEAKS: Mutation = {
  file: "src/receive-event.ts",
  from: REFUSAL,
  to: `Mutant. ${REFUSAL}`,
};
