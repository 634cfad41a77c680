import { expect, it } from "vitest";

import { startKillable } from "../test-process.ts";
import { temporaryFolder } from "../test-folder.ts";
import { openMailbox } from "./mailbox.ts";
import { sendRaw } from "./test-smtp-client.ts";

it("loses no mail it said 250 to when it is killed", async () => {
  const folder = await temporaryFolder();
  const file = folder.path("mails.jsonl");
  const module = new URL("start.ts", import.meta.url);
  const options = { httpPort: 0, smtpPort: 0, file };
  const { started, kill } = await startKillable(module, "startMailSink", options);
  const { replies } = await sendRaw(
    started["smtpPort"] ?? 0,
    ["ada@luna.test"],
    "Subject: kept\r\n\r\nx",
  );
  await kill();
  expect(replies.at(-1)).toMatch(/^250 /);
  const mailbox = await openMailbox(file);
  expect(mailbox.list()).toMatchObject([{ subject: "kept" }]);
  await mailbox.close();
  await folder.remove();
});
