/** Where people meet a mesh: its public door and the mailbox its mails end in. */
export interface Door {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  sink: { httpPort: number };
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  user: { id: string; email: string };
}

/** A request with a JSON body. */
export const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

export const bearer = ({ accessToken }: { accessToken: string }): Record<string, string> => ({
  authorization: `Bearer ${accessToken}`,
});

export const json = async <T>(response: Promise<Response>): Promise<T> =>
  (await (await response).json()) as T;

/** Long enough for a sweep after a crash (5 s) and a slow machine; a test that needs it all has failed. */
const PATIENCE_MS = 45_000;
const POLL_MS = 100;

/** The first truthy answer of `look`, asked until patience runs out. */
export const eventually = async <T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  patienceMs = PATIENCE_MS,
): Promise<T> => {
  const end = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await new Promise((done) => {
      setTimeout(done, POLL_MS);
    });
  }
};

export interface Mail {
  id: string;
  to: string[];
  from: string;
  subject: string;
  text: string;
  html: string;
}

/** The mails at the sink for one address, newest first. */
export const mailsTo = async (mesh: Door, address: string): Promise<Mail[]> => {
  const response = await fetch(`http://127.0.0.1:${mesh.sink.httpPort}/api/messages`);
  const mails = await response.json<Mail[]>();
  return mails.filter(({ to }) => to.includes(address));
};

/** The token in the link of the newest confirmation mail for an address. */
export const tokenFor = (mesh: Door, address: string): Promise<string> =>
  eventually(`a confirmation mail to ${address}`, async () => {
    for (const mail of await mailsTo(mesh, address)) {
      const token = /[?&]token=([\w-]+)/.exec(mail.text)?.[1];
      if (token !== undefined) return token;
    }
    return null;
  });

export const PASSWORD = "correct horse battery staple";

/** Signs up, follows the mail, and returns the tokens: what a newcomer does in two minutes. */
export const join = async (mesh: Door, email: string): Promise<Tokens> => {
  await mesh.fetch("/v1/auth/sign-up", post({ email, password: PASSWORD, name: "Ada" }));
  const token = await tokenFor(mesh, email);
  return json<Tokens>(mesh.fetch("/v1/auth/verify-email", post({ token })));
};
