import type { Account } from "./account.ts";
import { accountMail } from "./account-mail.ts";
import { pageLink, type AuthContext } from "./context.ts";
import { beganUnfamiliar } from "./device-store.ts";
import { deviceName } from "./device.ts";
import type { NewSession } from "./session-store.ts";

/** Tells the owner of an account of a session from a device that it has not been used from. */
export const newDeviceMail = async (
  { id, email }: Account,
  session: NewSession,
  { config, now }: Pick<AuthContext, "config" | "now">,
) => ({
  ...(await accountMail(
    {
      template: "new_device",
      key: `new_device:${session.id}:1`,
      userId: id,
      to: email,
      vars: { device: deviceName(session.userAgent), at: new Date(now).toISOString() },
      link: pageLink(config, "/forgot-password"),
      expiresAt: null,
    },
    config,
  )),
  when: beganUnfamiliar(session.id, session.device),
});
