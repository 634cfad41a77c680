import { figure } from "../figure.ts";
import { drive, failures } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import { seededRandom } from "../random.ts";
import { IN_FLIGHT, warm } from "../stage.ts";
import type { Section } from "./section.ts";

const SEED = 1;
const WRITES = 0.1;
const HIT = /^cache-status: *luna; hit/im;

/** Nine reads to one write over all callers, as an application would spread them. */
export const mix: Section = {
  ids: ["mix.p50_ms", "mix.p95_ms", "mix.error_rate", "mix.hit_rate"],
  async run({ spread, effort }, print) {
    const populated = await spread();
    const { mesh, accounts } = populated;
    const random = seededRandom(SEED);
    let reads = 0;
    let hits = 0;
    const next = (): Buffer => {
      const { token = "" } = accounts[Math.floor(random() * accounts.length)] ?? {};
      return random() < WRITES
        ? requestBytes({
            method: "PATCH",
            path: "/v1/me",
            token,
            body: JSON.stringify({ name: `Ada ${random()}` }),
          })
        : requestBytes({ path: "/v1/me", token });
    };
    const traffic = { ports: mesh.ports, inFlight: IN_FLIGHT, next };
    // An application is not asleep a moment before: the same traffic, as long as every spread row has had.
    await warm(populated);
    await drive({ ...traffic, forMs: effort.steadyMs });
    const measured = await drive({
      ...traffic,
      forMs: effort.sliceMs,
      seen: ({ head }, request) => {
        if (request[0] !== "G".charCodeAt(0)) return;
        reads += 1;
        if (HIT.test(head)) hits += 1;
      },
    });
    print(
      `  ${measured.requests} requests, ${Math.round(measured.perSecond)} per s, p99 ${measured.p99Ms.toFixed(1)} ms, ${JSON.stringify(measured.statuses)}`,
    );
    return [
      figure("mix.p50_ms", measured.p50Ms),
      figure("mix.p95_ms", measured.p95Ms),
      figure("mix.error_rate", failures(measured) / measured.requests),
      figure("mix.hit_rate", hits / reads),
      figure("row.mix.per_s", measured.perSecond, "per s"),
      figure("row.mix.p99_ms", measured.p99Ms, "ms"),
    ];
  },
};
