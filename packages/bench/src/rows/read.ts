import { figure } from "../figure.ts";
import { drive, once, roundRobin } from "../load/drive.ts";
import { inTurns, ratio, type Row } from "../load/in-turns.ts";
import { requestBytes } from "../load/request.ts";
import type { Account } from "../mesh/make-accounts.ts";
import { IN_FLIGHT, type Stage } from "../stage.ts";
import { printRows, rowFigures } from "./print-rows.ts";
import type { Section } from "./section.ts";

const getMe = (accounts: readonly Account[]): Buffer[] =>
  accounts.map(({ token }) => requestBytes({ path: "/v1/me", token }));

const getMeByKey = (keys: readonly string[]): Buffer[] =>
  keys.map((token) => requestBytes({ path: "/v1/me", token }));

const asCallers = (callers: readonly string[], path: string): Buffer[] =>
  callers.map((caller) => requestBytes({ path, headers: { "x-user": caller } }));

const withCookies = (cookies: readonly string[]): Buffer[] =>
  cookies.map((cookie) => requestBytes({ path: "/me", headers: { cookie } }));

const rowsOf = async (stage: Stage): Promise<Row[]> => {
  const spread = await stage.spread();
  const roomy = await stage.roomy();
  const unlimited = await stage.unlimited();
  const hopless = await stage.hopless();
  const asleep = { asleep: true };
  const { peers, callers, cookies, cachedCookies } = await stage.peers();
  const row = (
    name: string,
    ports: readonly number[],
    requests: readonly Buffer[],
    { asleep: sleeps = false, steadyMs = 0 } = {},
  ): Row => {
    const next = roundRobin(requests);
    return {
      name,
      slice: async () => {
        // While the other rows had their turns the objects of these callers went to sleep.
        if (sleeps) await drive({ ports, inFlight: IN_FLIGHT, next: once(requests) });
        if (steadyMs > 0) await drive({ ports, inFlight: IN_FLIGHT, next, forMs: steadyMs });
        return drive({ ports, inFlight: IN_FLIGHT, next, forMs: stage.effort.sliceMs });
      },
    };
  };
  return [
    row("hello", [await peers.port("hello")], asCallers(callers, "/")),
    row("bare-rpc-hop", [await peers.port("rpc-hop")], asCallers(callers, "/")),
    row("bare-object-hop", [await peers.port("object-hop")], asCallers(callers, "/"), asleep),
    row("bare-object-hop-hot", [await peers.port("object-hop")], asCallers(["one"], "/"), asleep),
    row("me.spread", spread.mesh.ports, getMe(spread.accounts), {
      ...asleep,
      steadyMs: stage.effort.steadyMs,
    }),
    row("me.spread.api-key", spread.mesh.ports, getMeByKey(await stage.keys()), asleep),
    row("me.spread.no-limiter", unlimited.mesh.ports, getMe(unlimited.accounts), asleep),
    row("me.spread.no-hop", hopless.mesh.ports, getMe(hopless.accounts)),
    row("me.hot", roomy.mesh.ports, getMe(roomy.accounts), asleep),
    row("better-auth", [await peers.port("better-auth")], withCookies(cookies)),
    row("better-auth-cookie", [await peers.port("better-auth-cookie")], withCookies(cachedCookies)),
    row(
      "better-auth-cookie-hot",
      [await peers.port("better-auth-cookie")],
      withCookies(cachedCookies.slice(0, 1)),
    ),
    row("limiter-kv", [await peers.port("limiters")], asCallers(callers, "/kv")),
    row("limiter-native", [await peers.port("limiters")], asCallers(callers, "/native")),
  ];
};

/** `GET /v1/me` over many credentials and over one, beside the peers. */
export const read: Section = {
  ids: [
    "me.spread.vs_bare_hop",
    "me.spread.vs_better_auth_cookie",
    "me.spread.vs_better_auth",
    "me.hot.vs_bare_object_hop",
    "me.hot.vs_better_auth_cookie",
    "limiter.added_p50_ms",
  ],
  async run(stage, print) {
    const rows = await inTurns(await rowsOf(stage), stage.effort.turns);
    printRows(rows.values(), print);
    const of = (name: string) => rows.get(name);
    const p50 = (name: string): number => of(name)?.p50Ms ?? Number.NaN;
    return [
      figure("me.spread.vs_bare_hop", ratio(of("me.spread"), of("bare-rpc-hop"))),
      figure("me.spread.vs_better_auth_cookie", ratio(of("me.spread"), of("better-auth-cookie"))),
      figure("me.spread.vs_better_auth", ratio(of("me.spread"), of("better-auth"))),
      figure("me.hot.vs_bare_object_hop", ratio(of("me.hot"), of("bare-object-hop-hot"))),
      figure("me.hot.vs_better_auth_cookie", ratio(of("me.hot"), of("better-auth-cookie-hot"))),
      figure("limiter.added_p50_ms", p50("me.spread") - p50("me.spread.no-limiter")),
      ...rowFigures(rows.values()),
    ];
  },
};
