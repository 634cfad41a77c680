import { appendFileSync, readFileSync } from "node:fs";

import { type LemonSqueezy, startLemonSqueezy } from "@luna/local/lemonsqueezy";
import type { Checkout } from "@luna/local/lemonsqueezy/records";
import type { Put } from "@luna/local/lemonsqueezy/state";

export interface ProviderOptions {
  port: number;
  file: string;
  webhookUrl: string;
  webhookSecret: string;
  apiKey: string;
  storeId: string;
  retryScaleMs: number;
}

/**
 * The emulator, outside of what is killed: a provider does not die with its customers. What it
 * knows is on disk, so a run may give it a past.
 */
export class Provider {
  readonly options: ProviderOptions;
  #server: LemonSqueezy | null = null;

  constructor(options: ProviderOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    this.#server ??= await startLemonSqueezy(this.options);
  }

  /** The API is down until the next `start`. */
  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  /** Makes these rows the provider's truth, as if it had known them all along. */
  async remember(puts: readonly Put[]): Promise<void> {
    await this.stop();
    appendFileSync(this.options.file, `${JSON.stringify(puts)}\n`);
    await this.start();
  }

  /** The newest checkout made for an address, with the reference that our service signed. */
  checkoutFor(email: string): Checkout {
    const puts = readFileSync(this.options.file, "utf8")
      .split("\n")
      .flatMap((line) => (line === "" ? [] : (JSON.parse(line) as Put[])));
    const checkout = puts
      .flatMap((put) => (put.table === "checkouts" ? [put.row] : []))
      .findLast((row) => row.email === email);
    if (checkout === undefined) throw new Error(`no checkout for ${email}`);
    return checkout;
  }

  /** Calls of the API since the last start, and the most within any sixty seconds. */
  async apiCalls(): Promise<{ calls: number; busiestMinute: number }> {
    const response = await fetch(`http://127.0.0.1:${this.options.port}/emulator/journal`);
    return (await response.json<{ api: { calls: number; busiestMinute: number } }>()).api;
  }
}
