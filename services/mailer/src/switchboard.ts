import { DurableObject } from "cloudflare:workers";

import { admit, type Admission, type Circuit, CLOSED, learn, type Report } from "./circuit.ts";
import type { Env } from "./env.ts";
import { TRANSPORTS, type TransportName } from "./transport.ts";

const keyOf = (transport: TransportName): string => `circuit:${transport}`;

/**
 * The circuit of every transport, in one object for the whole mesh: isolates cannot agree on a probe
 * among themselves. Times are the object's own.
 */
export class MailerSwitchboard extends DurableObject<Env> {
  /** What a run may do now. */
  async admit(transport: TransportName, probeMs: number): Promise<Admission> {
    const before = await this.#circuit(transport);
    const [admission, after] = admit(before, Date.now(), probeMs);
    if (after !== before) await this.ctx.storage.put(keyOf(transport), after);
    return admission;
  }

  /** Hears what a run met. Tells which way the circuit turned, once, to whoever made it turn. */
  async report(
    transport: TransportName,
    report: Report,
    probeMs: number,
  ): Promise<"opened" | "closed" | null> {
    const before = await this.#circuit(transport);
    const after = learn(before, report, Date.now(), probeMs);
    if (after !== before) await this.ctx.storage.put(keyOf(transport), after);
    if ((before.open === null) === (after.open === null)) return null;
    return after.open === null ? "closed" : "opened";
  }

  async circuits(): Promise<Record<TransportName, Circuit>> {
    const entries = await Promise.all(
      TRANSPORTS.map(async (name) => [name, await this.#circuit(name)] as const),
    );
    return Object.fromEntries(entries) as Record<TransportName, Circuit>;
  }

  async #circuit(transport: TransportName): Promise<Circuit> {
    return (await this.ctx.storage.get<Circuit>(keyOf(transport))) ?? CLOSED;
  }
}
