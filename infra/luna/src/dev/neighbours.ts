import { join } from "node:path";

import { startLemonSqueezy } from "@luna/local/lemonsqueezy";
import { startMailSink } from "@luna/local/mail-sink";

import { freshPreviews } from "../mail/fresh-previews.ts";
import type { Settings } from "../settings.ts";

const SECOND_MS = 1_000;

/** What stands in for the outside world, and the variables that point the Workers at it. */
export interface Neighbours {
  vars: Record<string, string>;
  close: () => Promise<void>;
}

export const startNeighbours = async (
  settings: Settings,
  secret: (name: string) => string,
  storeId: string,
): Promise<Neighbours> => {
  const { stateDir, port, mailPort, lemonPort } = settings;
  const sink = await startMailSink({
    httpPort: mailPort,
    smtpPort: 0,
    file: join(stateDir, "mail.jsonl"),
    previews: freshPreviews,
  });
  const lemon = await startLemonSqueezy({
    port: lemonPort,
    file: join(stateDir, "lemonsqueezy.jsonl"),
    webhookUrl: `http://127.0.0.1:${port}/webhooks/lemonsqueezy`,
    webhookSecret: secret("LEMONSQUEEZY_WEBHOOK_SECRET"),
    apiKey: secret("LEMONSQUEEZY_API_KEY"),
    storeId,
    retryScaleMs: settings.lemonTimeScale * SECOND_MS,
  });
  return {
    vars: {
      MAIL_TRANSPORT: "smtp",
      SMTP_URL: `smtp://127.0.0.1:${sink.smtpPort}`,
      LEMONSQUEEZY_STORE_ID: storeId,
      LEMONSQUEEZY_API_URL: `http://127.0.0.1:${lemonPort}`,
    },
    close: async () => {
      await Promise.allSettled([sink.close(), lemon.close()]);
    },
  };
};
