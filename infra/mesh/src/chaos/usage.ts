import { bearer, join } from "../people.ts";
import { newPlace, removePlace } from "../real-mesh.ts";
import { LiveMesh } from "./live-mesh.ts";
import { patientFetch } from "./patient-fetch.ts";
import type { Run, Section } from "./run.ts";
import { figure } from "./targets.ts";
import { flushAfterOutage } from "./usage-flush.ts";
import { isDecided, usageThroughKills } from "./usage-kills.ts";

const FULL = { kills: 20, outageMs: 20_000 };
/** Without an outage the flush does not have to wait for its next try. */
const QUICK = { kills: 3, outageMs: 0 };

/** Nobody here reaches a limit, and a step is small enough to tell it from what was asked. */
const LIMIT_SCALE = 200;

const run = async (context: Run) => {
  const { quick, say } = context;
  const effort = quick ? QUICK : FULL;
  const place = await newPlace();
  context.atEnd(() => removePlace(place));
  const mesh = await LiveMesh.start(place, { RATE_LIMIT_SCALE: String(LIMIT_SCALE) });
  context.atEnd(() => mesh.stop());
  const ada = await join(
    {
      fetch: (path, init) => patientFetch(mesh.url + path, init),
      sink: { httpPort: place.mailPort },
    },
    "ada@example.com",
  );
  const headers = bearer(ada);
  const random = context.random("usage-kills");
  const seen = await usageThroughKills(mesh, headers, {
    kills: effort.kills,
    limitScale: LIMIT_SCALE,
    random,
  });
  say(`  ${seen.kills} kills: ${seen.acknowledged} acknowledged, ${seen.unsure} unsure`);
  const usage = async (): Promise<number> => {
    const answer = await patientFetch(`${mesh.url}/v1/me/usage`, { headers });
    const { requests } = await answer.json<{ requests: number }>();
    return isDecided(answer) ? requests - 1 : requests;
  };
  const flush = await flushAfterOutage(mesh, ada.user.id, usage, effort.outageMs);
  return [
    figure("usage.kills", seen.kills, quick),
    figure("usage.missing", seen.missing, quick),
    figure("usage.excess", seen.excess, quick),
    figure("usage.flush_s", flush.seconds, quick),
    figure("usage.flush_diff", flush.difference, quick),
  ];
};

/** What was acknowledged is counted, whatever is killed; what is counted reaches the database. */
export const usage: Section = {
  ids: ["usage.kills", "usage.missing", "usage.excess", "usage.flush_s", "usage.flush_diff"],
  subject: "usage",
  lane: "lone",
  run,
};
