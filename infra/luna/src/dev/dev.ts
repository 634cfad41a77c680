import { join } from "node:path";

import { ROOT } from "../root.ts";
import { readSettings, type Settings } from "../settings.ts";
import { banner } from "./banner.ts";
import { logView } from "./log-view.ts";
import { startMesh, untilHealthy, type Mesh } from "./mesh.ts";
import type { Neighbours } from "./neighbours.ts";
import { freePort } from "./port.ts";
import { prepare } from "./prepare.ts";
import { step } from "./progress.ts";
import { forget, record } from "./run-record.ts";
import { stopSignal } from "./stop-signal.ts";
import { startWatchdog, tellsOfAnswer } from "./watchdog.ts";
import { watchConfigs } from "./watch-configs.ts";
import { quietEnvironment, smallHeaps, wranglerDev } from "./wrangler-command.ts";

/** What has to be ended, in whatever state the start is when it is cut short. */
interface Running {
  configs: readonly string[];
  mesh?: Mesh;
  neighbours?: Neighbours;
  /** How many requests the gateway's log tells of. */
  answers: number;
  unwatch: (() => void)[];
}

const healthUrl = ({ port }: Settings): string => `http://127.0.0.1:${port}/health`;

/** Starts wrangler and waits until every service is healthy; on failure says why. */
const launch = async (
  settings: Settings,
  configs: readonly string[],
  running: Running,
): Promise<void> => {
  const view = logView(process.env["LUNA_LOG"] === "json");
  let showing = false;
  const options = { ...settings, inspectorPort: await freePort() };
  const mesh = startMesh(
    [join(ROOT, "node_modules/.bin/wrangler"), ...wranglerDev(configs, options)],
    { ...quietEnvironment(process.env, settings.stateDir), ...smallHeaps(process.env) },
    (line) => {
      if (tellsOfAnswer(line)) running.answers += 1;
      const text = showing ? view(line) : null;
      if (text !== null) console.log(text);
    },
  );
  running.mesh = mesh;
  record(settings.stateDir, settings.port, [mesh.process.group]);
  try {
    await untilHealthy(mesh, healthUrl(settings));
  } catch (error) {
    if (mesh.complaints().length === 0) console.error(mesh.tail().join("\n"));
    throw error;
  }
  showing = true;
};

const start = async (settings: Settings, running: Running, begun: number): Promise<void> => {
  const { configs, neighbours, refresh } = await prepare(settings);
  running.neighbours = neighbours;
  running.unwatch.push(watchConfigs(ROOT, refresh));
  running.configs = configs;
  await step("Workers", () => launch(settings, configs, running));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(banner(settings, process.env["ADMIN_EMAILS"] ?? "", seconds));
};

/** Never resolves while the front answers; throws `Complaint` if it cannot be started again. */
const keepAnswering = (settings: Settings, running: Running): Promise<never> =>
  new Promise((_, fail) => {
    const restart = async () => {
      console.log("  the Workers' front does not answer: restarting it");
      try {
        running.mesh?.process.kill();
        await running.mesh?.process.ended;
        await launch(settings, running.configs, running);
        console.log("  restarted");
      } catch (error) {
        fail(error);
      }
    };
    running.unwatch.push(startWatchdog(healthUrl(settings), () => running.answers, restart));
  });

/** Runs the mesh until it is told to stop; resolves with the exit code. Throws `Complaint`. */
export const dev = async (): Promise<number> => {
  const begun = performance.now();
  const settings = readSettings(process.env, ROOT);
  const running: Running = { configs: [], answers: 0, unwatch: [] };
  const stopping = stopSignal(() => {
    running.mesh?.process.kill();
    process.exit(130);
  });
  try {
    const serving = start(settings, running, begun).then(() => keepAnswering(settings, running));
    console.log(`  stopping (${await Promise.race([stopping, serving])})`);
    return 0;
  } finally {
    for (const unwatch of running.unwatch) unwatch();
    await Promise.allSettled([running.mesh?.process.stop(), running.neighbours?.close()]);
    forget(settings.stateDir);
  }
};
