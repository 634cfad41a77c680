import type { TemplateName, VariablesOf } from "@luna/shared/rpc/mailer";

/** What a mail says, before it is text or HTML. Plain text throughout; both parts come from it. */
export interface Letter {
  subject: string;
  /** The line that inboxes show after the subject. */
  preview: string;
  heading: string;
  paragraphs: readonly string[];
  /** The one thing to do; `url` is absolute. */
  action?: { label: string; url: string };
  /** Label and value, such as the lines of a receipt. */
  details?: readonly (readonly [label: string, value: string])[];
  /** Small print under the rest. */
  notes?: readonly string[];
}

/** Who writes: the name over every mail, and the address that answers questions. */
export interface Sender {
  name: string;
  support: string;
}

/** What a language says in one template; its variables arrive worded in that language. */
type Phrase<T extends TemplateName> = (variables: VariablesOf<T>) => Letter;

/** The templates `T` in one language. A template or a variable left out does not compile. */
export type PhrasesOf<T extends TemplateName> = { readonly [Name in T]: Phrase<Name> };

/** Mails about money; all others are about the account. */
export type BillingTemplate =
  | "receipt"
  | "payment_failed"
  | "payment_recovered"
  | "subscription_cancelled"
  | "plan_changed"
  | "claim_purchase";
export type AccountTemplate = Exclude<TemplateName, BillingTemplate>;

/** Everything a language has to say. */
export type Phrases = PhrasesOf<TemplateName> & {
  readonly layout: {
    /** Under the button, for mail programs without buttons. */
    pasteLink: string;
    footer(support: string): string;
  };
};
