import { figure, type Figure } from "../figure.ts";
import { gatewayDoor } from "../limiter/gateway-door.ts";
import { judge, type Outcome } from "../limiter/judge.ts";
import { limitsOf } from "../limiter/run-accuracy.ts";
import { heal, type Stage } from "../stage.ts";

const HOUR_MS = 3_600_000;
const APART_MS = 12_000;
const SETTING = { tier: "starter", limitScale: 1 } as const;

/** One request every twelve seconds for an hour of the injected clock, then all that is left. */
export const measureLoneHits = async (
  stage: Stage,
  print: (line: string) => void,
): Promise<Figure[]> => {
  const populated = await stage.populate({ shell: "counting" }, 1, SETTING.tier);
  const { mesh, accounts } = populated;
  const [account] = accounts;
  if (account === undefined) return [];
  await heal(populated);
  const { long, burst } = limitsOf(SETTING);
  const start = stage.clock() + 2 * HOUR_MS;
  const ask = gatewayDoor(mesh);
  const outcomes: Outcome[] = [];
  const askAt = async (at: number, asked: number): Promise<void> => {
    const outcome = { at, asked, admitted: 0 };
    outcomes.push(outcome);
    await mesh.instruments.setClock(at);
    await ask([{ account, isolates: 1, outcome }], 1);
  };
  const lone = HOUR_MS / APART_MS - 1;
  for (let hit = 0; hit < lone; hit += 1) await askAt(start + hit * APART_MS, 1);
  const end = start + lone * APART_MS;
  for (let spent = 0, moment = 0; spent <= long.limit; spent += burst.limit, moment += 1)
    await askAt(end + moment * burst.windowMs, burst.limit);
  const { over, admitted, exact } = judge(outcomes, [long, burst], 1);
  await mesh.stop();
  print(`  lone hits: ${admitted} of ${exact} admitted, ${over} over`);
  return [figure("limiter.lone_hits_lost", exact - admitted, "requests")];
};
