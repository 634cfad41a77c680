import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for one test; `remove` deletes it with everything in it. */
export const temporaryFolder = async (): Promise<{
  path: (name: string) => string;
  remove: () => Promise<void>;
}> => {
  const folder = await mkdtemp(join(tmpdir(), "luna-local-"));
  return {
    path: (name) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
};
