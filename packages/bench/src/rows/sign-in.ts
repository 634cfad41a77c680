import { figure, type Figure } from "../figure.ts";
import { drive, once, type Load, type Measured } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import { IN_FLIGHT, type Populated, type Stage } from "../stage.ts";
import { webhookRequest } from "./webhook-request.ts";
import type { Section } from "./section.ts";

const PASSWORD = "correct horse battery staple";
/** Accounts that sign in: enough that no two requests under way are of the same one. */
const ACCOUNTS = 128;
const REFRESH_TOKEN = /"refreshToken":"([^"]+)"/;

/** Gives all accounts the password, hashed by auth itself on a sign-up that is never confirmed. */
const setPasswords = async ({ mesh }: Populated): Promise<void> => {
  const body = JSON.stringify({ email: "pattern@bench.test", password: PASSWORD });
  const request = requestBytes({ method: "POST", path: "/v1/auth/sign-up", body });
  await drive({ ports: mesh.ports, inFlight: 1, next: once([request]) });
  const database = await mesh.database("auth");
  await database
    .prepare("UPDATE accounts SET password_hash = (SELECT password_hash FROM sign_ups LIMIT 1)")
    .run();
};

/** The load, and how many requests each second of processor time of the Workers served. */
const perCore = async (
  { mesh }: Populated,
  load: Omit<Load, "ports">,
): Promise<{ measured: Measured; perCoreSecond: number }> => {
  const before = mesh.cpuMs();
  const measured = await drive({ ...load, ports: mesh.ports });
  return { measured, perCoreSecond: (measured.requests * 1_000) / (mesh.cpuMs() - before) };
};

const signIns = ({ accounts }: Populated): Buffer[] =>
  accounts.map(({ email }) =>
    requestBytes({
      method: "POST",
      path: "/v1/auth/sign-in",
      body: JSON.stringify({ email, password: PASSWORD }),
    }),
  );

const refreshOf = (refreshToken: string): Buffer =>
  requestBytes({
    method: "POST",
    path: "/v1/auth/refresh",
    body: JSON.stringify({ refreshToken }),
  });

const measure = async (stage: Stage, print: (line: string) => void): Promise<Figure[]> => {
  const { sliceMs: forMs } = stage.effort;
  const populated = await stage.populate({ limitScale: 10_000 }, ACCOUNTS, "pro");
  await setPasswords(populated);
  const show = (name: string, { perSecond, p50Ms, p99Ms, statuses }: Measured): void =>
    print(
      `  ${name.padEnd(10)} ${perSecond.toFixed(0)} per s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${JSON.stringify(statuses)}`,
    );

  const tokens: string[] = [];
  const keepToken = ({ body }: { body: string }): void => {
    const token = REFRESH_TOKEN.exec(body)?.[1];
    if (token !== undefined) tokens.push(token);
  };
  const requests = signIns(populated);
  let turn = 0;
  const signIn = await perCore(populated, {
    inFlight: IN_FLIGHT,
    next: () => requests[turn++ % requests.length] ?? null,
    forMs,
    seen: keepToken,
  });
  show("sign-in", signIn.measured);

  // Each token is good once: its successor comes with the answer and is used in its turn.
  const refresh = await perCore(populated, {
    inFlight: Math.min(IN_FLIGHT, tokens.length),
    next: () => {
      const token = tokens.shift();
      return token === undefined ? null : refreshOf(token);
    },
    forMs,
    seen: keepToken,
  });
  show("refresh", refresh.measured);

  const secret = populated.mesh.secrets["LEMONSQUEEZY_WEBHOOK_SECRET"] ?? "";
  const webhook = await drive({
    ports: [populated.mesh.webhookPort],
    inFlight: IN_FLIGHT,
    next: () => webhookRequest(secret, stage.clock()),
    forMs,
  });
  show("webhook", webhook);

  return [
    figure("signin.per_s_per_core", signIn.perCoreSecond),
    figure("refresh.per_s_per_core", refresh.perCoreSecond),
    figure("webhook.ack_p99_ms", webhook.p99Ms),
    figure("row.signin.per_s", signIn.measured.perSecond, "per s"),
    figure("row.refresh.per_s", refresh.measured.perSecond, "per s"),
    figure("row.webhook.per_s", webhook.perSecond, "per s"),
  ];
};

/** What begins a session and keeps it, and the intake of the billing provider's events. */
export const signIn: Section = {
  ids: ["signin.per_s_per_core", "refresh.per_s_per_core", "webhook.ack_p99_ms"],
  run: measure,
};
