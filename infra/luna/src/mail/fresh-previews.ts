import { once } from "node:events";
import { parentPort, Worker, workerData } from "node:worker_threads";

import { previewFiles } from "./preview-files.ts";

/** Tells our thread from any other that loads this file. */
const OURS = "render previews";

/** Renders in a thread of its own, which reads the templates anew: an edit shows on reload. */
export const freshPreviews = async (): Promise<Map<string, string>> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: OURS });
  const [files] = (await once(worker, "message")) as [Map<string, string>];
  return files;
};

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
if (workerData === OURS) parentPort?.postMessage(await previewFiles());
