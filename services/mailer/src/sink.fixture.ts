import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startMailSink } from "@luna/local/mail-sink";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    sinkPort: number;
    smtpPort: number;
  }
}

/** A mail sink for the tests in workerd, on free ports. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "luna-mailer-"));
  const sink = await startMailSink({
    httpPort: 0,
    smtpPort: 0,
    file: join(folder, "mails.jsonl"),
    slowMs: 100,
  });
  project.provide("sinkPort", sink.httpPort);
  project.provide("smtpPort", sink.smtpPort);
  return async () => {
    await sink.close();
    await rm(folder, { recursive: true, force: true });
  };
}
