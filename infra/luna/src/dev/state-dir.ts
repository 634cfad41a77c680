import { accessSync, constants, mkdirSync } from "node:fs";

import { Complaint } from "../settings.ts";

/** Makes the folder that everything of a mesh is kept in. Throws `Complaint`. */
export const makeStateDir = (stateDir: string): void => {
  try {
    mkdirSync(stateDir, { recursive: true });
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new Complaint(
      `Nothing can be kept in ${stateDir} (${code}): set STATE_DIR to a folder that can be written.`,
    );
  }
};
