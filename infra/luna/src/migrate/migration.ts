import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One step of a schema: `migrations/0001_name/up.sql` and, to take it back, `down.sql`. */
export interface Migration {
  /** As wrangler records it, `0001_name/up.sql`, so that both tools agree on what is applied. */
  record: string;
  up: string;
  down: string | null;
}

const FOLDER = /^\d{4}_[a-z0-9_-]+$/;

const textOf = (file: string): string | null =>
  existsSync(file) ? readFileSync(file, "utf8") : null;

/** A service's migrations, oldest first; none if it owns no tables. */
export const readMigrations = (serviceFolder: string): Migration[] => {
  const folder = join(serviceFolder, "migrations");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => FOLDER.test(name))
    .sort()
    .flatMap((name) => {
      const up = textOf(join(folder, name, "up.sql"));
      if (up === null) return [];
      return { record: `${name}/up.sql`, up, down: textOf(join(folder, name, "down.sql")) };
    });
};
