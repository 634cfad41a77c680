import { describe, expect, it } from "vitest";

import { Complaint } from "../settings.ts";
import type { Migration } from "./migration.ts";
import { stepsDown, stepsUp } from "./steps.ts";

const migrations: Migration[] = [
  { record: "0001_users/up.sql", up: "CREATE TABLE a (id TEXT)", down: "DROP TABLE a;" },
  { record: "0002_o'clock/up.sql", up: "CREATE TABLE b (id TEXT); -- last", down: null },
  { record: "0003_teams/up.sql", up: "CREATE TABLE c (id TEXT);", down: "DROP TABLE c;" },
];
const records = (steps: { record: string }[]) => steps.map(({ record }) => record);

describe("stepsUp", () => {
  it("takes what is not applied, oldest first", () => {
    expect(records(stepsUp(migrations, ["0002_o'clock/up.sql"]))).toEqual([
      "0001_users/up.sql",
      "0003_teams/up.sql",
    ]);
  });

  it("stops after the number asked for", () => {
    expect(records(stepsUp(migrations, [], 1))).toEqual(["0001_users/up.sql"]);
  });

  it("records the migration in the same SQL, after it", () => {
    const [, second] = stepsUp(migrations, []);
    expect(second?.sql).toBe(
      "CREATE TABLE b (id TEXT); -- last\n;\nINSERT INTO d1_migrations (name) VALUES ('0002_o''clock/up.sql');\n",
    );
  });
});

describe("stepsDown", () => {
  it("takes back the newest first and deletes its record", () => {
    const applied = ["0001_users/up.sql", "0003_teams/up.sql"];
    const steps = stepsDown(migrations, applied, 2);
    expect(records(steps)).toEqual(["0003_teams/up.sql", "0001_users/up.sql"]);
    expect(steps[0]?.sql).toBe(
      "DROP TABLE c\n;\nDELETE FROM d1_migrations WHERE name = '0003_teams/up.sql';\n",
    );
  });

  it("refuses a migration without a down.sql", () => {
    expect(() => stepsDown(migrations, ["0002_o'clock/up.sql"], 1)).toThrow(Complaint);
  });

  it("refuses a migration whose files are not here", () => {
    expect(() => stepsDown(migrations, ["0009_other/up.sql"], 1)).toThrow(Complaint);
  });
});
