import { figure, type Figure } from "../figure.ts";
import { askerDoor } from "../limiter/asker-door.ts";
import { gatewayDoor } from "../limiter/gateway-door.ts";
import { limitsOf, runAccuracy, type Accuracy, type Setting } from "../limiter/run-accuracy.ts";
import { heal, type Stage } from "../stage.ts";
import { measureFlood } from "./flood.ts";
import { measureHang } from "./hang.ts";
import { measureLoneHits } from "./lone-hits.ts";
import type { Section } from "./section.ts";

/** The frozen clock starts this much later, when nothing asked before it can count any more. */
const LATER_MS = 2 * 3_600_000;
const ISOLATES = [1, 4, 8] as const;
const MOST_ISOLATES = 8;
const AFTER_ABORTS = "limiter.admitted_vs_exact_after_aborts";

/** Limits of 60, 100, 1,000 and 10,000 an hour. */
const SETTINGS: readonly (Setting & { door: "gateways" | "askers" })[] = [
  { tier: "free", limitScale: 0.6, isolates: ISOLATES, unitsEach: 1, door: "gateways" },
  { tier: "free", limitScale: 1, isolates: ISOLATES, unitsEach: 1, door: "gateways" },
  { tier: "starter", limitScale: 1, isolates: ISOLATES, unitsEach: 1, door: "gateways" },
  // Weighted: 10,000 units in questions of ten, as a batch of ten requests would ask.
  { tier: "enterprise", limitScale: 1, isolates: ISOLATES, unitsEach: 10, door: "askers" },
];

type DoorSetting = (typeof SETTINGS)[number];

interface OfLimit extends Accuracy {
  limit: number;
}

const told = ({ limit, over, undecided, ...rest }: OfLimit): string =>
  `${limit} per hour: ${over} over, ${rest.admitted} of ${rest.exact} admitted, with lost memory ${rest.admittedAborted} of ${rest.exactAborted}, ${undecided} undecided`;

/** A mesh of its own, and what is to be found out in it. */
const prepared = async (stage: Stage, setting: DoorSetting) => {
  const { seeds } = stage.effort;
  const atGateways = setting.door === "gateways";
  const populated = await stage.populate(
    {
      limitScale: setting.limitScale,
      shell: "counting",
      gateways: atGateways ? MOST_ISOLATES : 1,
      askers: atGateways ? 0 : MOST_ISOLATES,
    },
    seeds * setting.isolates.length,
    setting.tier,
  );
  await heal(populated);
  const { mesh, accounts } = populated;
  const door = atGateways ? gatewayDoor(mesh) : askerDoor(mesh, setting.unitsEach);
  return async (): Promise<OfLimit> => {
    try {
      const start = stage.clock() + LATER_MS;
      const accuracy = await runAccuracy(mesh, door, accounts, setting, seeds, start);
      return { ...accuracy, limit: limitsOf(setting).long.limit };
    } finally {
      await mesh.stop();
    }
  };
};

/** Nothing here is timed, and much of it is waiting for objects to fall asleep. */
const AT_ONCE = 2;

const measureAccuracy = async (stage: Stage, print: (line: string) => void): Promise<Figure[]> => {
  const all: Accuracy[] = [];
  for (let first = 0; first < SETTINGS.length; first += AT_ONCE) {
    const runs = [];
    for (const setting of SETTINGS.slice(first, first + AT_ONCE))
      runs.push(await prepared(stage, setting));
    const results = await Promise.all(runs.map((run) => run()));
    all.push(...results);
    for (const result of results) print(`  ${told(result)}`);
  }
  const sum = (key: keyof Accuracy): number => all.reduce((total, each) => total + each[key], 0);
  return [
    figure("limiter.over_admitted", sum("over")),
    figure("limiter.admitted_vs_exact", sum("admitted") / sum("exact")),
    // A short run has no seed whose object loses its memory.
    ...(sum("exactAborted") === 0
      ? []
      : [figure(AFTER_ABORTS, sum("admittedAborted") / sum("exactAborted"), "ratio")]),
  ];
};

/** That the limiter is exact, that a flood costs nothing, and what a silent Subject leads to. */
export const limiter: Section = {
  ids: [
    "limiter.over_admitted",
    "limiter.admitted_vs_exact",
    "limiter.denied_without_rpc",
    "limiter.hung_decision_ms",
  ],
  async run(stage, print) {
    return [
      ...(await measureAccuracy(stage, print)),
      ...(await measureLoneHits(stage, print)),
      ...(await measureFlood(stage, print)),
      ...(await measureHang(stage, print)),
    ];
  },
};
