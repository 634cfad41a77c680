import { expect, it } from "vitest";

import { temporaryFolder } from "../test-folder.ts";
import { openMailbox } from "./mailbox.ts";

it("does not say that a mail is stored, nor show it, when it could not be written", async () => {
  const folder = await temporaryFolder();
  const mailbox = await openMailbox(folder.path("mails.jsonl"));
  await mailbox.close();
  const mail = { to: [], from: "", subject: "lost", text: "", html: "", headers: {} };
  await expect(mailbox.store(mail)).rejects.toThrow("closed");
  expect(mailbox.list()).toEqual([]);
  await folder.remove();
});
