/**
 * What an attempt came to. `permanent` blames this mail, `provider` every mail, `transient` the
 * moment; `ambiguous` means the mail may have gone out. `withheld` is our own decision not to send.
 */
export type Outcome =
  | { class: "sent"; code: string; detail: string; providerId: string | null }
  | { class: "permanent" | "provider" | "ambiguous"; code: string; detail: string }
  | {
      class: "transient";
      code: string;
      detail: string;
      /** The provider's own wish, in milliseconds from now. */
      retryAfterMs: number | null;
    }
  | {
      class: "withheld";
      code: string;
      detail: string;
      state: "expired" | "suppressed" | "held" | "dead";
    };

export type FailureClass = "permanent" | "provider" | "transient" | "ambiguous";

/** Texts from outside end up in the ledger: one line, bounded. */
const MAX_DETAIL = 300;
// oxlint-disable-next-line no-control-regex -- removing them is the point
const CONTROLS = /[\u0000-\u001f\u007f]+/g;
export const detailOf = (text: string): string =>
  text.replaceAll(CONTROLS, " ").trim().slice(0, MAX_DETAIL);

export const failure = (
  failureClass: FailureClass,
  code: string,
  text = "",
  retryAfterMs: number | null = null,
): Outcome => {
  const detail = detailOf(text);
  return failureClass === "transient"
    ? { class: "transient", code, detail, retryAfterMs }
    : { class: failureClass, code, detail };
};
