import type { Step } from "./steps.ts";

/** A D1 database as a migration needs it; local and remote ones differ only behind this. */
export interface Database {
  /** Records of `d1_migrations`, oldest first; empty if there is no such table. */
  applied: () => Promise<string[]>;
  /** Runs the step's SQL and its record together: both happen or neither. */
  run: (step: Step) => Promise<void>;
  /** Every table, index, trigger and view with its SQL, sorted; without D1's and wrangler's own. */
  schema: () => Promise<string[]>;
  /** Called once before going down; may print how to come back. */
  beforeDown: () => Promise<void>;
}

/** The databases of the services asked for, by `database_name`, and how to let go of them. */
export interface Databases {
  get: (name: string) => Database;
  close: () => Promise<void>;
}
