import { join } from "node:path";

import { ROOT } from "../root.ts";

/** One mail as its reader gets it, written with example variables. */
export interface Sample {
  template: string;
  locale: string;
  subject: string;
  text: string;
  html: string;
}

/** How a template is delivered, in words for its heading. */
export interface SampleGroup {
  template: string;
  policy: string;
  /** In the order of the languages. */
  samples: Sample[];
}

/** The parts of mailer's source that write a mail; nothing of a Worker runs here. */
interface Mailer {
  renderMail: (
    template: string,
    locale: string,
    variables: Readonly<Record<string, string>>,
    sender: { name: string; support: string },
  ) => { ok: true; value: Omit<Sample, "template" | "locale"> } | { ok: false; code: string };
  SAMPLES: Readonly<Record<string, Readonly<Record<string, string>>>>;
  LOCALES: Readonly<Record<string, unknown>>;
  POLICIES: Readonly<
    Record<string, { onAmbiguous: string; lifetimeMs: number | null; bypassesUnsubscribe: boolean }>
  >;
}

const MODULES = ["render-mail", "samples", "locale", "templates"];

const loadMailer = async (): Promise<Mailer> => {
  const file = (name: string) => join(ROOT, "services/mailer/src", `${name}.ts`);
  const modules = await Promise.all(
    MODULES.map(async (name) => (await import(file(name))) as Partial<Mailer>),
  );
  return Object.assign({}, ...modules) as Mailer;
};

const SENDER = { name: "Luna Mesh", support: "support@example.com" };
const HOUR_MS = 3_600_000;

const policyText = ({ onAmbiguous, lifetimeMs, bypassesUnsubscribe }: Mailer["POLICIES"][string]) =>
  [
    onAmbiguous === "hold" ? "held when its outcome is unknown" : "sent again in doubt",
    lifetimeMs === null ? "never too late" : `worthless after ${lifetimeMs / HOUR_MS} h`,
    bypassesUnsubscribe ? "sent to the unsubscribed too" : "not sent to the unsubscribed",
  ].join(" · ");

/** Every template in every language. Throws if one cannot be written: that is a bug in it. */
export const renderSamples = async (): Promise<SampleGroup[]> => {
  const { renderMail, SAMPLES, LOCALES, POLICIES } = await loadMailer();
  return Object.entries(SAMPLES).map(([template, variables]) => {
    const samples = Object.keys(LOCALES).map((locale) => {
      const rendered = renderMail(template, locale, variables, SENDER);
      if (!rendered.ok) throw new Error(`${template} in ${locale}: ${rendered.code}`);
      return { template, locale, ...rendered.value };
    });
    const policy = POLICIES[template];
    return { template, policy: policy === undefined ? "" : policyText(policy), samples };
  });
};
