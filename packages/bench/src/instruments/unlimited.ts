type Constructor = new (ctx: never, env: never) => object;

/** What a Subject answers when nothing limits; the version never changes. */
const ADMITTED = {
  admitted: true,
  role: "user",
  tier: "pro",
  scopes: null,
  version: "bench",
  validUntil: null,
  limits: [],
};

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

/** The gateway without its limiter: the comparison that says what the limiter adds. */
export const unlimited = <Base extends Constructor>(base: Base): Base =>
  class extends (base as Constructor) {
    constructor(ctx: never, env: never) {
      const bindings = Object.entries(env as object).map(([name, value]) => [
        name,
        isNamespace(value) ? namespace : value,
      ]);
      super(ctx, Object.fromEntries(bindings) as never);
    }
  } as unknown as Base;
