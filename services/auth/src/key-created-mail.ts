import { apiKeyPrefix } from "@luna/shared/api-key";
import { sql } from "@luna/shared/d1/sql";

import { accountMail } from "./account-mail.ts";
import type { StoredKey } from "./api-key.ts";
import { pageLink, type AuthContext } from "./context.ts";

/** Tells the owner of an account of a key that can act in their name, if it was made. */
export const keyCreatedMail = async (
  { id, accountId, name, createdAt }: StoredKey,
  { config }: Pick<AuthContext, "config">,
) => ({
  ...(await accountMail(
    {
      template: "key_created",
      key: `key_created:${id}:1`,
      userId: accountId,
      to: null,
      vars: {
        keyName: name,
        prefix: apiKeyPrefix({ subject: accountId, keyId: id }),
        at: new Date(createdAt).toISOString(),
      },
      link: pageLink(config, "/sign-in"),
      expiresAt: null,
    },
    config,
  )),
  when: sql`EXISTS (SELECT 1 FROM api_keys WHERE id = ${id})`,
});
