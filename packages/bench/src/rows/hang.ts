import { figure, type Figure } from "../figure.ts";
import { drive, once } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import { warm, type Stage } from "../stage.ts";

/** More than twice the coarse limit of a minute. */
const REQUESTS = 240;
/** Few, because what is measured is one decision and not a queue. */
const IN_FLIGHT = 8;
/** The native binding counts by the wall clock's minutes: all of them must fall into one. */
const NEEDED_MS = 20_000;
const MINUTE_MS = 60_000;
/** Reads of one user in a minute that the degraded mode lets in: the gateway's DEGRADED binding. */
const COARSE_LIMIT = 100;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The Subject never answers: how long a request waits for its decision, and what is let in. */
export const measureHang = async (
  stage: Stage,
  print: (line: string) => void,
): Promise<Figure[]> => {
  const populated = await stage.populate({ shell: "counting" }, 1, "pro");
  const { mesh, accounts } = populated;
  await warm(populated);
  const left = MINUTE_MS - (stage.clock() % MINUTE_MS);
  if (left < NEEDED_MS) await pause(left);
  await mesh.instruments.setLimiter("hung");
  const requests = Array.from({ length: REQUESTS }, () =>
    requestBytes({ path: "/v1/me", token: accounts[0]?.token ?? "" }),
  );
  const measured = await drive({ ports: mesh.ports, inFlight: IN_FLIGHT, next: once(requests) });
  await mesh.stop();
  const admitted = measured.statuses[200] ?? 0;
  print(
    `  hung: p50 ${measured.p50Ms.toFixed(0)} ms, p99 ${measured.p99Ms.toFixed(0)} ms, ${JSON.stringify(measured.statuses)}`,
  );
  return [
    figure("limiter.hung_decision_ms", measured.p99Ms),
    figure("limiter.degraded_over_admitted", Math.max(0, admitted - COARSE_LIMIT), "requests"),
  ];
};
