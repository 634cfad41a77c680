import type { Admission, Report } from "./circuit.ts";
import type { Outcome } from "./outcome.ts";
import type { Transport } from "./transport.ts";

/** Tells the switchboard; answers which way the circuit turned by it. */
export type Tell = (report: Report) => Promise<"opened" | "closed" | null>;

/** The provider did its work, whatever became of the mail: nothing here speaks against the next one. */
const isAnswer = (outcome: Outcome): boolean =>
  outcome.class === "sent" ||
  outcome.class === "permanent" ||
  // Else whoever owns ten mailboxes that are always full could stop everybody's mail.
  (outcome.class === "transient" && outcome.ofMailbox);

/** Failures in a row that are worth telling at once. */
const TELL_AT = 5;

/**
 * What one run learns of its transport. Health costs nothing to report: as long as mails go out and
 * nobody had trouble before, nothing is told.
 */
export const createGauge = (
  admission: Exclude<Admission, { permit: "none" }>,
  tell: Tell,
  onStop: (code: string) => void,
) => {
  let opening = admission.permit === "probe" ? admission.opening : null;
  let troubled = admission.permit === "probe" || admission.failures > 0;
  let answered = false;
  let untold = { answered: false, failures: 0, code: "" };
  let stopped = false;

  const report = async (more: Pick<Report, "refused" | "retryAfterMs">): Promise<void> => {
    const telling = { ...untold, opening, ...more };
    untold = { answered: false, failures: 0, code: "" };
    troubled = telling.failures > 0;
    const turned = await tell(telling);
    if (turned === "closed") opening = null;
    if (turned !== "opened") return;
    stopped = true;
    onStop(telling.code);
  };

  const hear = async (outcome: Outcome): Promise<void> => {
    const { code } = outcome;
    if (outcome.class === "withheld" || code === "invalid_message") return;
    if (isAnswer(outcome)) {
      answered = true;
      untold = { answered: true, failures: 0, code };
      if (troubled) await report({ refused: false, retryAfterMs: null });
      return;
    }
    untold = { ...untold, failures: untold.failures + 1, code };
    troubled = true;
    // A probe that failed, or anybody who met a closed door, goes no further.
    if (outcome.class === "provider" || opening !== null) stopped = true;
    const refused = outcome.class === "provider";
    const retryAfterMs = outcome.class === "transient" ? outcome.retryAfterMs : null;
    if (refused || retryAfterMs !== null || opening !== null || untold.failures >= TELL_AT)
      await report({ refused, retryAfterMs });
  };

  return {
    /** The provider has answered this run: more lanes may follow. */
    answered: (): boolean => answered,
    /** No mail may be begun any more. */
    stopped: (): boolean => stopped,
    stop: (): void => {
      stopped = true;
    },
    /** Tells what has not been told. */
    close: async (): Promise<void> => {
      if (untold.failures > 0) await report({ refused: false, retryAfterMs: null });
    },
    /** The same way out, listened to. */
    on: (transport: Transport): Transport => ({
      ...transport,
      async send(message) {
        const outcome = await transport.send(message);
        await hear(outcome);
        return outcome;
      },
    }),
  };
};
