/**
 * What an attempt came to. `permanent` blames this mail, `provider` every mail, `transient` the
 * moment; `ambiguous` means the mail may have gone out. `withheld` is our own decision not to send.
 */
export type Outcome =
  | { class: "sent"; code: string; detail: string; providerId: string | null }
  | { class: "provider" | "ambiguous"; code: string; detail: string }
  | {
      class: "permanent";
      code: string;
      detail: string;
      /** What it says of the address; `null` when the address is not to blame. */
      bounce: Bounce | null;
    }
  | {
      class: "transient";
      code: string;
      detail: string;
      /** One mailbox's own trouble, which says nothing of the provider. */
      ofMailbox: boolean;
      /** The provider's own wish, in milliseconds from now. */
      retryAfterMs: number | null;
    }
  | {
      class: "withheld";
      code: string;
      detail: string;
      state: "expired" | "suppressed" | "held" | "dead";
    };

/** `hard_bounce`: nobody has the address. `soft_bounce`: it took no mail this time. */
export type Bounce = "hard_bounce" | "soft_bounce";

export type FailureClass = "permanent" | "provider" | "transient" | "ambiguous";

/** Texts from outside end up in the ledger: one line, bounded. */
const MAX_DETAIL = 300;
// oxlint-disable-next-line no-control-regex -- removing them is the point
const CONTROLS = /[\u0000-\u001f\u007f]+/g;
export const detailOf = (text: string): string =>
  // Half a character at the cut would be no text to the database.
  text.replaceAll(CONTROLS, " ").trim().slice(0, MAX_DETAIL).toWellFormed();

export const failure = (
  failureClass: FailureClass,
  code: string,
  text = "",
  retryAfterMs: number | null = null,
): Outcome => {
  const said = { code, detail: detailOf(text) };
  switch (failureClass) {
    case "permanent":
      return { class: failureClass, ...said, bounce: null };
    case "transient":
      return { class: failureClass, ...said, ofMailbox: false, retryAfterMs };
    case "provider":
    case "ambiguous":
      return { class: failureClass, ...said };
    default:
      return failureClass satisfies never;
  }
};
