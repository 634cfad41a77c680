import type { TEMPLATE_VARIABLES, TemplateName } from "@luna/shared/rpc/mailer";

/** What a mail says, before it is text or HTML. Plain text throughout; both parts come from it. */
export interface Letter {
  subject: string;
  /** The line that inboxes show after the subject. */
  preview: string;
  heading: string;
  paragraphs: readonly string[];
  /** The one thing to do; `url` is absolute. */
  action: { label: string; url: string } | null;
  /** Label and value, such as the lines of a receipt. */
  details: readonly (readonly [label: string, value: string])[];
  /** Small print under the rest. */
  notes: readonly string[];
}

type Variables<T extends TemplateName> = Readonly<
  Record<(typeof TEMPLATE_VARIABLES)[T][number], string>
>;

/** Everything a language has to say. A template or a sentence left out does not compile. */
export type Phrases = {
  readonly [T in TemplateName]: (variables: Variables<T>) => Letter;
} & {
  readonly layout: {
    /** Under the button, for mail programs without buttons. */
    pasteLink: string;
    footer(support: string): string;
  };
};
