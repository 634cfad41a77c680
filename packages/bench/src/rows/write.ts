import { figure } from "../figure.ts";
import { drive, once, type Measured } from "../load/drive.ts";
import { inTurns, ratio, type Row } from "../load/in-turns.ts";
import { requestBytes } from "../load/request.ts";
import { IN_FLIGHT, warm, type Stage } from "../stage.ts";
import { printRows, rowFigures } from "./print-rows.ts";
import type { Section } from "./section.ts";

/** A name nobody had before: a write that changes nothing costs less. */
let names = 0;
const freshName = (): string => JSON.stringify({ name: `Ada ${(names += 1)}` });

/** Settling follows the answer; until it is done a read is served, but not kept. */
const SETTLED_MS = 100;
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

type Ask = () => Iterable<Buffer>;

const each = (ports: readonly number[], requests: Ask): Promise<Measured> =>
  drive({ ports, inFlight: IN_FLIGHT, next: once(requests()) });

const rowsOf = async (stage: Stage): Promise<Row[]> => {
  const { mesh, accounts } = await stage.spread();
  const { peers, callers } = await stage.peers();
  const d1 = [await peers.port("d1")];
  // A quarter of the callers makes a slice of about the length of the other rows'.
  const some = accounts.slice(0, Math.ceil(accounts.length / 4));
  const others = callers.slice(0, some.length);

  const patchMe: Ask = () =>
    some.map(({ token }) =>
      requestBytes({ method: "PATCH", path: "/v1/me", token, body: freshName() }),
    );
  const patchBare: Ask = () =>
    others.map((caller) =>
      requestBytes({
        method: "PATCH",
        path: "/",
        headers: { "x-user": caller },
        body: freshName(),
      }),
    );
  const getMe: Ask = () => some.map(({ token }) => requestBytes({ path: "/v1/me", token }));
  const getBare: Ask = () =>
    others.map((caller) => requestBytes({ path: "/", headers: { "x-user": caller } }));

  return [
    { name: "bare-d1-batch", slice: () => each(d1, patchBare) },
    { name: "patch", slice: () => each(mesh.ports, patchMe) },
    { name: "bare-d1-read", slice: () => each(d1, getBare) },
    {
      name: "me.miss",
      // The row before it wrote for these very callers, so each of these reads is the first after.
      slice: async () => {
        await pause(SETTLED_MS);
        return each(mesh.ports, getMe);
      },
    },
  ];
};

/** Sequential trips to D1 that the first read after a write makes. */
const roundTrips = async (stage: Stage): Promise<number> => {
  const populated = await stage.populate({ shell: "counting" }, 50, "pro");
  const { mesh, accounts } = populated;
  await warm(populated);
  await each(mesh.ports, () =>
    accounts.map(({ token }) =>
      requestBytes({ method: "PATCH", path: "/v1/me", token, body: freshName() }),
    ),
  );
  await pause(SETTLED_MS);
  await mesh.instruments.reset();
  await each(mesh.ports, () =>
    accounts.map(({ token }) => requestBytes({ path: "/v1/me", token })),
  );
  return (await mesh.instruments.total()).d1RoundTrips / accounts.length;
};

/** `PATCH /v1/me` and the read after it, beside a Worker that does just the database's part. */
export const write: Section = {
  ids: ["patch.vs_bare_batch", "me.miss.vs_bare_d1_read", "me.miss.d1_round_trips"],
  async run(stage, print) {
    const rows = await inTurns(await rowsOf(stage), stage.effort.turns);
    printRows(rows.values(), print);
    return [
      figure("patch.vs_bare_batch", ratio(rows.get("patch"), rows.get("bare-d1-batch"))),
      figure("me.miss.vs_bare_d1_read", ratio(rows.get("me.miss"), rows.get("bare-d1-read"))),
      figure("me.miss.d1_round_trips", await roundTrips(stage)),
      ...rowFigures(rows.values()),
    ];
  },
};
