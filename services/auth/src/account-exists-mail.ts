import { accountMail } from "./account-mail.ts";
import { pageLink, type AuthContext } from "./context.ts";

/** Whoever types a stranger's address over and over sends them one mail an hour at most. */
const NOTICE_EVERY_MS = 60 * 60 * 1_000;
const WORTH_SENDING_MS = 24 * 60 * 60 * 1_000;

/** Tells the owner of an address that somebody tried to use it, and changes nothing. */
export const accountExistsMail = (
  { id, email }: { id: string; email: string },
  { config, now }: Pick<AuthContext, "config" | "now">,
) =>
  accountMail(
    {
      template: "account_exists",
      key: `account_exists:${id}:${Math.floor(now / NOTICE_EVERY_MS)}`,
      userId: id,
      to: email,
      vars: {},
      link: pageLink(config, "/sign-in"),
      expiresAt: now + WORTH_SENDING_MS,
    },
    config,
  );
