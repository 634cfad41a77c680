/** Where and how to submit, from `SMTP_URL`. */
export interface SmtpTarget {
  host: string;
  port: number;
  /** `implicit` from the first byte (465); `required` by STARTTLS (587); `none` to this machine only. */
  tls: "implicit" | "required" | "none";
  credentials: { user: string; password: string } | null;
}

/** RFC 8314. */
const PORTS = { "smtps:": 465, "smtp:": 587 } as const;

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/**
 * `smtp://host:587` or `smtps://user:password@host:465`, or `null`. A mail or a password never
 * crosses a network in the clear, so `smtp:` demands STARTTLS unless the host is this machine.
 */
export const parseSmtpUrl = (text: string): SmtpTarget | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const { protocol } = url;
  if ((protocol !== "smtp:" && protocol !== "smtps:") || url.hostname === "") return null;
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === null || password === null || /\0/.test(user + password)) return null;
  const plain = isLoopback(url.hostname) ? "none" : "required";
  return {
    host: url.hostname,
    port: url.port === "" ? PORTS[protocol] : Number(url.port),
    tls: protocol === "smtps:" ? "implicit" : plain,
    credentials: user === "" ? null : { user, password },
  };
};
