import { readdirSync } from "node:fs";
import { join } from "node:path";

import { eventually } from "../people.ts";
import { alter, d1File, lockOut, rows } from "./d1-file.ts";
import type { LiveMesh } from "./live-mesh.ts";
import { pause } from "./provider-event.ts";

/** Under which the runtime notes an object's alarm, in the object's own file. */
const ALARM_KEY = 1;
/** Twice the promise: what takes longer has failed, and is still measured. */
const PATIENCE_MS = 120_000;

export interface Flush {
  /** Seconds from the recovery of the database until it had the total. */
  seconds: number;
  /** Requests by which it then differed from what the Subject says. */
  difference: number;
}

/** Makes every alarm of a class of objects due, in the files that the local runtime reads when it starts. */
const makeAlarmsDue = (stateDir: string, objects: string): void => {
  const folder = join(stateDir, "v3/do", objects);
  const nanoseconds = BigInt(Date.now()) * 1_000_000n;
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sqlite")))
    alter(join(folder, name), (db) => {
      if (name === "metadata.sqlite")
        db.prepare("UPDATE _cf_ALARM SET scheduled_time = ?").run(nanoseconds);
      else
        db.prepare("UPDATE _cf_METADATA SET value = ? WHERE key = ?").run(nanoseconds, ALARM_KEY);
    });
};

/**
 * Usage of one user falls due while users' database refuses everything, for that long. `usage` is
 * what the Subject has counted but for the question itself; nobody else may ask meanwhile.
 */
export const flushAfterOutage = async (
  mesh: LiveMesh,
  userId: string,
  usage: () => Promise<number>,
  outageMs: number,
): Promise<Flush> => {
  const { stateDir } = mesh.place;
  const file = d1File(stateDir, "usage_metrics", "user_id");
  const stored = (): number =>
    rows<{ requests: number }>(
      file,
      "SELECT requests FROM usage_metrics WHERE user_id = ?",
      userId,
    )[0]?.requests ?? 0;
  const due = await usage();
  const release = lockOut(file);
  try {
    makeAlarmsDue(stateDir, "users-Subject");
    mesh.killRuntime();
    await pause(outageMs);
  } finally {
    release();
  }
  const recovered = performance.now();
  const total = await eventually(
    "the usage in the database",
    () => Promise.resolve(stored() >= due && stored()),
    PATIENCE_MS,
  );
  const seconds = (performance.now() - recovered) / 1_000;
  return { seconds, difference: Math.abs((await usage()) - total) };
};
