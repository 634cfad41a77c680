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

/** The token under a signature that nobody made: whatever the last bytes are, these are others. */
export const forged = (token: string): string => {
  const at = token.lastIndexOf(".") + 1;
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
};

/** The local binding counts whole minutes of the clock: this much of one a test of it needs. */
const OF_A_MINUTE_MS = 15_000;

/**
 * What `work` saw within one minute of the clock. What crossed into the next has met two limits and
 * says nothing, so it is done again in a minute of its own.
 */
export const withinOneMinute = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let fresh = false; ; fresh = true) {
    const left = 60_000 - (Date.now() % 60_000);
    if (fresh || left < OF_A_MINUTE_MS)
      await new Promise((done) => {
        setTimeout(done, left);
      });
    const minute = Math.floor(Date.now() / 60_000);
    const seen = await work();
    if (Math.floor(Date.now() / 60_000) === minute) return seen;
  }
};

/** What is answered in the end: who is told to come again does so, as any client would. */
export const patiently = (what: string, ask: () => Promise<Response>): Promise<Response> =>
  eventually(what, async () => {
    const response = await ask();
    return response.status === 503 && response.headers.has("retry-after") ? null : response;
  });

export const PASSWORD = "correct horse battery staple";

/** Signs up, follows the mail, and returns the tokens: what a newcomer does in two minutes. */
export const join = async (mesh: Door, email: string): Promise<Tokens> => {
  const signUp = post({ email, password: PASSWORD, name: "Ada" });
  await patiently("to sign up", () => mesh.fetch("/v1/auth/sign-up", signUp));
  const verify = post({ token: await tokenFor(mesh, email) });
  return json<Tokens>(
    patiently("to be verified", () => mesh.fetch("/v1/auth/verify-email", verify)),
  );
};
