import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type MailSink, startMailSink } from "@luna/local/mail-sink";

import type { Run } from "./run.ts";

/** The fault `slow`: late enough to be noticed, soon enough for thousands of mails. */
const SLOW_MS = 300;

/** A mailbox of its own, outside of what is killed. */
export const startSink = async (run: Run): Promise<MailSink> => {
  const folder = mkdtempSync(join(tmpdir(), "luna-sink-"));
  const sink = await startMailSink({
    httpPort: 0,
    smtpPort: 0,
    file: join(folder, "mail.jsonl"),
    slowMs: SLOW_MS,
  });
  run.atEnd(async () => {
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return sink;
};
