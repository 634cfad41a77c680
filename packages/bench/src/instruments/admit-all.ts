import { answerText } from "@luna/shared/rpc/subject-text";

type Constructor = new (ctx: never, env: never) => object;

/** What a Subject answers when nothing limits; the version never changes. */
const ADMITTED = answerText({
  admitted: true,
  role: "user",
  tier: "pro",
  scopes: null,
  version: "bench",
  validUntil: null,
  rateLimit: { policy: "", state: "" },
});

/** A Subject that admits everybody where it is asked: no hop, no storage, no rule. */
const subject = {
  admit: () => Promise.resolve(ADMITTED),
  settle: () => Promise.resolve(),
};

const namespace = {
  getByName: () => subject,
  get: () => subject,
  idFromName: (name: string) => name,
};

const isNamespace = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  value.constructor.name === "DurableObjectNamespace";

/** One per isolate, as the real one is: the gateway checks its variables once per `env`. */
const replaced = new WeakMap<object, object>();

const withoutSubjects = (env: object): object => {
  const known = replaced.get(env);
  if (known !== undefined) return known;
  const bindings = Object.entries(env).map(([name, value]) => [
    name,
    isNamespace(value) ? namespace : value,
  ]);
  const made = Object.fromEntries(bindings) as object;
  replaced.set(env, made);
  return made;
};

/** A Subject that is asked as always, and admits everybody: neither rules nor counters nor rows. */
export const admittingAll = <Base extends Constructor>(base: Base): Base =>
  class extends (base as Constructor) {
    admit(): Promise<string> {
      return Promise.resolve(ADMITTED);
    }
  } as unknown as Base;

/** The gateway with such a Subject of its own, so that there is no hop either. */
export const withoutHop = (gateway: ExportedHandler): ExportedHandler => ({
  fetch: (request, env, ctx) => {
    if (gateway.fetch === undefined) throw new Error("the gateway has no door");
    return gateway.fetch(request, withoutSubjects(env as object), ctx);
  },
});
