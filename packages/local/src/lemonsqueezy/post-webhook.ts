import type { Draw } from "./draw.ts";
import type { Attempt, Chaos, Delivery } from "./records.ts";
import { sign } from "./signature.ts";

/** How long the receiver may take. The provider does not document its own. */
const TIMEOUT_MS = 15_000;

export interface Target {
  url: string;
  secret: string;
  clock: () => number;
  /** Aborted when the emulator closes. */
  closing: AbortSignal;
}

const WRONG = "not the secret";

/** One request with one delivery; `nth` is how many there were before. */
export const postWebhook = async (
  { body, eventName, id }: Delivery,
  nth: number,
  { url, secret, clock, closing }: Target,
  { chaos, draw }: { chaos: Chaos; draw: Draw },
): Promise<Attempt> => {
  const at = clock();
  const used = draw(`secret ${id} ${nth}`) < chaos.wrongSecret ? secret + WRONG : secret;
  const believed = draw(`status ${id} ${nth}`) < chaos.statusRate ? chaos.status : null;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "LemonSqueezy-Hookshot",
        "X-Event-Name": eventName,
        "X-Signature": sign(used, body),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
    const { status } = response;
    return { at, ms: clock() - at, outcome: believed ?? status, answered: status };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message || cause.name : "failed";
    return { at, ms: clock() - at, outcome: believed ?? why, answered: null };
  }
};
