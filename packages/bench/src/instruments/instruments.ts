import { WorkerEntrypoint } from "cloudflare:workers";

import { freezeClock, replaceClock } from "./clock.ts";
import { countedEnv } from "./count-env.ts";
import { countLogLines } from "./count-log-lines.ts";
import { collectCursors, countStorage, countTimers, insideObject } from "./count-storage.ts";
import { setLimiterMode, type LimiterMode } from "./limiter-mode.ts";
import { resetTally, tally } from "./tally.ts";

replaceClock();
countTimers();
countLogLines();

type Constructor = new (ctx: never, env: never) => object;

const countedClass = (base: Constructor): Constructor =>
  class extends base {
    constructor(ctx: never, env: never) {
      super(ctx, countedEnv(env) as never);
    }
  };

const countedHandler = ({ fetch }: ExportedHandler): ExportedHandler =>
  fetch === undefined
    ? {}
    : { fetch: (request, env, ctx) => fetch(request, countedEnv(env as never), ctx) };

/** A service, a class of doors or the gateway's one door, that works through counted bindings. */
export const counted = <Base extends Constructor | ExportedHandler>(base: Base): Base =>
  (typeof base === "function" ? countedClass(base) : countedHandler(base)) as Base;

type Method = (...args: unknown[]) => unknown;

/** Marks the synchronous part of every method as code of the object. */
const markMethods = (base: Constructor): void => {
  const prototype = base.prototype as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = prototype[name];
    if (name === "constructor" || typeof method !== "function") continue;
    prototype[name] = function (this: object, ...args: unknown[]) {
      return insideObject(() => Reflect.apply(method, this, args));
    };
  }
};

/** A Durable Object class whose storage is counted, and which can be made to lose its memory. */
export const countedObject = <Base extends Constructor>(base: Base): Base => {
  markMethods(base);
  return class extends (base as Constructor) {
    readonly #state: DurableObjectState;

    constructor(ctx: never, env: never) {
      const state = ctx as unknown as DurableObjectState;
      countStorage(state.storage);
      super(ctx, countedEnv(env) as never);
      this.#state = state;
    }

    abortForBench(): void {
      this.#state.abort("bench");
    }
  } as unknown as Base;
};

interface Abortable {
  abortForBench(): Promise<void>;
}

interface Objects {
  getByName(name: string): Abortable;
}

/** The door by which the bench reads and steers one isolate. Bound to a socket of its own. */
export class Instruments extends WorkerEntrypoint<Record<string, Objects>> {
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/reset":
        collectCursors();
        resetTally();
        break;
      case "/clock":
        freezeClock(Number(searchParams.get("at")) || null);
        break;
      case "/limiter":
        setLimiterMode(searchParams.get("mode") as LimiterMode);
        break;
      case "/abort":
        await this.env[searchParams.get("binding") ?? ""]
          ?.getByName(searchParams.get("name") ?? "")
          .abortForBench()
          // The call that ends its own object never gets an answer.
          .catch(() => undefined);
        break;
      default:
        break;
    }
    collectCursors();
    return Response.json(tally);
  }
}
