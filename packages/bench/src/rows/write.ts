import { figure } from "../figure.ts";
import { drive, once, type Measured } from "../load/drive.ts";
import { inTurns, ratio, type Row } from "../load/in-turns.ts";
import { requestBytes } from "../load/request.ts";
import type { Account } from "../mesh/make-accounts.ts";
import { IN_FLIGHT, warm, type Stage } from "../stage.ts";
import { printRows, rowFigures } from "./print-rows.ts";
import type { Section } from "./section.ts";

/** A name nobody had before: a write that changes nothing costs less. */
let names = 0;
const freshName = (): string => JSON.stringify({ name: `Ada ${(names += 1)}` });

const patchMe = ({ token }: Account) =>
  requestBytes({ method: "PATCH", path: "/v1/me", token, body: freshName() });
const getMe = ({ token }: Account) => requestBytes({ path: "/v1/me", token });

/** In a language nobody has read in before, so that nothing kept answers. */
let languages = 0;
const getColdMe = ({ token }: Account) =>
  requestBytes({
    path: "/v1/me",
    token,
    headers: { "accept-language": `en, x-${(languages += 1)}` },
  });

const each = (ports: readonly number[], requests: Iterable<Buffer>): Promise<Measured> =>
  drive({ ports, inFlight: IN_FLIGHT, next: once(requests) });

/** How many callers one turn of a row has. */
const CALLERS_PER_TURN = 64;
/**
 * Few enough that each of them comes again well within ALONE_MS, also in a slow moment of the machine:
 * else all of them are hits that come alone, which pay rows of their own, and nothing of it shows.
 */
const GROUPS = 2;
/** A turn of few callers is over soon: so many to one of the reads. */
const TURNS = 3;
/** And so many come first, unmeasured: a second or more of each row, as the reads have. */
const WARM_UPS = 8;

/** Each time the next group of callers, round and round. */
const inGroups = <T>(all: readonly T[]): (() => readonly T[]) => {
  let turn = 0;
  return () => {
    const start = (turn++ % GROUPS) * CALLERS_PER_TURN;
    return all.slice(start, start + CALLERS_PER_TURN);
  };
};

const rowsOf = async (stage: Stage): Promise<Row[]> => {
  const populated = await stage.spread();
  const { mesh, accounts } = populated;
  const { peers, callers } = await stage.peers();
  const d1 = [await peers.port("d1")];
  await warm(populated);
  const row = <T>(
    name: string,
    ports: readonly number[],
    all: readonly T[],
    ask: (one: T) => Buffer,
  ): Row => {
    const next = inGroups(all);
    return { name, slice: () => each(ports, next().map(ask)) };
  };
  const patchBare = (caller: string) =>
    requestBytes({
      method: "PATCH",
      path: "/",
      headers: { "x-user": caller },
      body: freshName(),
    });
  const getBare = (caller: string) => requestBytes({ path: "/", headers: { "x-user": caller } });

  return [
    row("bare-d1-batch", d1, callers, patchBare),
    row("patch", mesh.ports, accounts, patchMe),
    row("bare-d1-read", d1, callers, getBare),
    // `patch` wrote for these very callers, so each of these reads is the first after.
    row("me.miss", mesh.ports, accounts, getMe),
    row("me.cold", mesh.ports, accounts, getColdMe),
  ];
};

/** Sequential trips to D1 that the first read after a write makes, and one that finds nothing kept. */
const roundTrips = async (stage: Stage): Promise<{ miss: number; cold: number }> => {
  const populated = await stage.populate({ shell: "counting" }, 50, "pro");
  const { mesh, accounts } = populated;
  await warm(populated);
  const trips = async (ask: (account: Account) => Buffer): Promise<number> => {
    await mesh.instruments.reset();
    await each(mesh.ports, accounts.map(ask));
    return (await mesh.instruments.total()).d1RoundTrips / accounts.length;
  };
  await each(mesh.ports, accounts.map(patchMe));
  return { miss: await trips(getMe), cold: await trips(getColdMe) };
};

/** `PATCH /v1/me` and the reads after it, beside a Worker that does just the database's part. */
export const write: Section = {
  ids: [
    "patch.vs_bare_batch",
    "me.miss.vs_bare_d1_read",
    "me.miss.d1_round_trips",
    "me.cold.vs_bare_d1_read",
    "me.cold.d1_round_trips",
  ],
  async run(stage, print) {
    const rows = await inTurns(await rowsOf(stage), stage.effort.turns * TURNS, WARM_UPS);
    printRows(rows.values(), print);
    const bareRead = rows.get("bare-d1-read");
    const trips = await roundTrips(stage);
    return [
      figure("patch.vs_bare_batch", ratio(rows.get("patch"), rows.get("bare-d1-batch"))),
      figure("me.miss.vs_bare_d1_read", ratio(rows.get("me.miss"), bareRead)),
      figure("me.miss.d1_round_trips", trips.miss),
      figure("me.cold.vs_bare_d1_read", ratio(rows.get("me.cold"), bareRead), "ratio"),
      figure("me.cold.d1_round_trips", trips.cold, "per request"),
      ...rowFigures(rows.values()),
    ];
  },
};
