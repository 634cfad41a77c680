import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startMailSink } from "@luna/local/mail-sink";
import { startSendGrid } from "@luna/local/sendgrid";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    sinkPort: number;
    smtpPort: number;
    sendGridPort: number;
  }
}

/** A mail sink and a SendGrid for the tests in workerd, on free ports. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "luna-mailer-"));
  const sink = await startMailSink({
    httpPort: 0,
    smtpPort: 0,
    file: join(folder, "mails.jsonl"),
    slowMs: 100,
  });
  const sendGrid = await startSendGrid({
    port: 0,
    apiKey: "SG.test-0123456789abcdef",
    onMail: (mail) => sink.deliver(mail),
  });
  project.provide("sendGridPort", sendGrid.port);
  project.provide("sinkPort", sink.httpPort);
  project.provide("smtpPort", sink.smtpPort);
  return async () => {
    await sendGrid.close();
    await sink.close();
    await rm(folder, { recursive: true, force: true });
  };
}
