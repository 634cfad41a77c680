import { createLogger } from "@luna/shared/logger/logger";
import type { Admitted, Ask, Denied } from "@luna/shared/rpc/subject";
import { answerText, askOf, type AskText } from "@luna/shared/rpc/subject-text";
import { newTrace } from "@luna/shared/trace";

import type { Config, Env } from "./env.ts";
import type { Shown } from "./read-credential.ts";
import type { MappedRoute } from "./route-map.generated.ts";
import type { Passage } from "./serve.ts";

export const NOW = Date.UTC(2030, 0, 15, 10);

export const config: Config = {
  ENVIRONMENT: "production",
  API_URL: "https://api.example.com",
  CORS_ORIGINS: [],
  KEY_TAG_KEYS: {
    current: "k1",
    keys: { k1: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" },
  },
  RATE_LIMIT_SCALE: 1,
};

export const ANN: Shown = {
  userId: "ann",
  presented: { kind: "session", sessionId: "s1", generation: 1 },
};

export const client = { address: "192.0.2.1", region: null, userAgent: "", language: "en" };

export const routeOf = (change: Partial<MappedRoute> = {}): MappedRoute => ({
  method: "GET",
  path: "/v1/me",
  service: "users",
  access: "user",
  limit: "plan",
  cached: true,
  target: null,
  ...change,
});

export const ADMITTED: Admitted = {
  admitted: true,
  role: "user",
  tier: "free",
  scopes: null,
  version: "v1",
  validUntil: null,
  rateLimit: { policy: "", state: "" },
};

export const deniedAs = (code: Denied["code"], change: Partial<Denied> = {}): Denied => ({
  admitted: false,
  code,
  limits: [],
  violated: [],
  retryAt: NOW,
  ...change,
});

/** A passage whose bindings do what a test says and note the order in which they were asked. */
export const passageWith = (env: object) => {
  const lines: { message: string; level: string }[] = [];
  const work: Promise<unknown>[] = [];
  const passage: Passage = {
    env: env as Env,
    config,
    trace: newTrace(),
    log: createLogger({
      service: "gateway",
      version: "test",
      write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]),
    }),
    now: NOW,
    waitUntil: (promise) => void work.push(promise),
  };
  return { passage, lines, done: () => Promise.all(work) };
};

/** Subjects that answer one after the other what they are told to, and remember what they were asked. */
export const subjectsThat = (...answers: (() => Promise<Admitted | Denied>)[]) => {
  const asked: Ask[] = [];
  const settled: string[] = [];
  const subject = {
    admit: async (ask: AskText) => {
      asked.push(askOf(ask));
      return answerText(await (answers[Math.min(asked.length, answers.length) - 1] ?? never)());
    },
    settle: (marks: readonly string[]) => Promise.resolve(void settled.push(...marks)),
  };
  return { SUBJECTS: { getByName: () => subject }, asked, settled };
};

/** A service that takes every call and never answers. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});
