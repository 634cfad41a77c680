import { figure, type Figure } from "../figure.ts";
import { drive, roundRobin } from "../load/drive.ts";
import { inTurns, ratio, type Compared, type Row } from "../load/in-turns.ts";
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

/**
 * A thousand callers get this many times the turn of a peer: if the pauses were as long as the traffic
 * between them, they would be a thousand lone requests.
 */
const STEADY_TURN = 4;

/** Requests to these ports, one after another, again and again. */
interface Traffic {
  name: string;
  ports: readonly number[];
  requests: readonly Buffer[];
  /** How many turns of a peer it gets in one. */
  length?: number;
  /** Its answers are kept for a minute, so its callers come for a while before they are measured. */
  steady?: boolean;
}

/**
 * The rows take turns after traffic of their own kind: who was asleep is awake, and the first seconds
 * after a silence write more rows.
 */
const measure = async (
  { effort: { turnMs, steadyMs } }: Stage,
  traffic: readonly Traffic[],
  turns: number,
): Promise<Compared[]> => {
  const rows: Row[] = [];
  for (const { name, ports, requests, length = 1, steady = false } of traffic) {
    const load = { ports, inFlight: IN_FLIGHT, next: roundRobin(requests) };
    await drive({ ...load, forMs: steady ? steadyMs : turnMs * STEADY_TURN });
    rows.push({ name, slice: () => drive({ ...load, forMs: turnMs * length }) });
  }
  return [...(await inTurns(rows, turns)).values()];
};

/** Ours beside one peer: the shorter a turn is, the more alike is what both of them find. */
interface Pair {
  id: string;
  peer: Traffic;
  ours: Traffic;
  /** What the figure is, when it is not the ratio of their throughput. */
  figureOf?: (ours: Compared, peer: Compared) => number;
}

const addedP50 = (ours: Compared, peer: Compared): number => ours.p50Ms - peer.p50Ms;

const pairsOf = async (stage: Stage): Promise<Pair[]> => {
  const { mesh, accounts } = await stage.spread();
  const roomy = await stage.roomy();
  const unlimited = await stage.unlimited();
  const { peers, callers, cookies, cachedCookies } = await stage.peers();
  const hop = [await peers.port("rpc-hop")];
  const objectHop = [await peers.port("object-hop")];
  const library = [await peers.port("better-auth")];
  const cookieCache = [await peers.port("better-auth-cookie")];
  const all = withCookies(cachedCookies);

  const spread = {
    name: "me.spread",
    ports: mesh.ports,
    requests: getMe(accounts),
    length: STEADY_TURN,
    steady: true,
  };
  const hot = { name: "me.hot", ports: roomy.mesh.ports, requests: getMe(roomy.accounts) };
  return [
    {
      id: "me.spread.vs_bare_hop",
      peer: { name: "bare-rpc-hop", ports: hop, requests: asCallers(callers, "/") },
      ours: spread,
    },
    {
      id: "me.spread.vs_better_auth_cookie",
      peer: { name: "better-auth-cookie", ports: cookieCache, requests: all },
      ours: spread,
    },
    {
      id: "me.spread.vs_better_auth",
      peer: { name: "better-auth", ports: library, requests: withCookies(cookies) },
      ours: spread,
    },
    {
      id: "me.hot.vs_bare_object_hop",
      peer: { name: "bare-object-hop-hot", ports: objectHop, requests: asCallers(["one"], "/") },
      ours: hot,
    },
    {
      id: "me.hot.vs_better_auth_cookie",
      peer: { name: "better-auth-cookie-hot", ports: cookieCache, requests: all.slice(0, 1) },
      ours: hot,
    },
    {
      id: "limiter.added_p50_ms",
      peer: {
        name: "me.spread.no-limiter",
        ports: unlimited.mesh.ports,
        requests: getMe(unlimited.accounts),
        steady: true,
      },
      ours: spread,
      figureOf: addedP50,
    },
  ];
};

/** What one more thing costs by itself, and in the usual designs. */
const othersOf = async (stage: Stage): Promise<Traffic[]> => {
  const hopless = await stage.hopless();
  const { peers, callers } = await stage.peers();
  const limiters = [await peers.port("limiters")];
  return [
    { name: "hello", ports: [await peers.port("hello")], requests: asCallers(callers, "/") },
    {
      name: "bare-object-hop",
      ports: [await peers.port("object-hop")],
      requests: asCallers(callers, "/"),
      length: STEADY_TURN,
      steady: true,
    },
    { name: "limiter-kv", ports: limiters, requests: asCallers(callers, "/kv") },
    { name: "limiter-native", ports: limiters, requests: asCallers(callers, "/native") },
    { name: "me.spread.no-hop", ports: hopless.mesh.ports, requests: getMe(hopless.accounts) },
  ];
};

const byKey = async (stage: Stage): Promise<Traffic> => ({
  name: "me.spread.api-key",
  ports: (await stage.spread()).mesh.ports,
  requests: getMeByKey(await stage.keys()),
  length: STEADY_TURN,
  steady: true,
});

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
    const figures: Figure[] = [];
    const rows: Compared[] = [];
    for (const { id, peer, ours, figureOf = ratio } of await pairsOf(stage)) {
      const [theirs, own] = await measure(stage, [peer, ours], stage.effort.turns);
      if (theirs === undefined || own === undefined) continue;
      figures.push(figure(id, figureOf(own, theirs)));
      rows.push(theirs, own);
    }
    // No figure depends on these.
    const fewer = Math.ceil(stage.effort.turns / 3);
    rows.push(...(await measure(stage, await othersOf(stage), fewer)));
    // By itself: beside so many others the thousand would come once in a while, each of them alone.
    rows.push(...(await measure(stage, [await byKey(stage)], fewer)));
    printRows(rows, print);
    // A row of several pairs is told by its first.
    const byName = new Map(rows.toReversed().map((row) => [row.name, row]));
    return [...figures, ...rowFigures(byName.values())];
  },
};
