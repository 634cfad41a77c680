import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { migrate, planMesh } from "./start-mesh.ts";
import { startWorkers } from "./start-workers.ts";

/**
 * The mesh in two processes, so that one service can be deployed anew while the others serve:
 * `alone` has a workerd of its own, ends whenever it is told to, and comes back with its state.
 */
export const startApart = async (alone: string, limitScale: number) => {
  const folder = mkdtempSync(join(tmpdir(), "luna-apart-"));
  const { services, secrets, starts } = planMesh({ limitScale });
  const startSome = (isAlone: boolean) =>
    startWorkers(
      starts.filter(({ config }) => (config.name === alone) === isAlone),
      { registry: join(folder, "registry"), storage: join(folder, isAlone ? alone : "others") },
    );
  const others = await startSome(false);
  let own = await startSome(true);
  const database = (service: string) =>
    (service === alone ? own : others).miniflare.getD1Database("DB", service);
  await migrate(services, database);
  return {
    secrets,
    database,
    port: await others.portOf("gateway"),
    async redeploy() {
      await own.stop();
      own = await startSome(true);
    },
    async stop() {
      await own.stop();
      await others.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
