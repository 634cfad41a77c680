import { beforeEach, describe, expect, it } from "vitest";

import { ask, newPerson, withKey } from "./person.fixture.ts";
import { routes } from "./routes.ts";
import { codeOf, rowsOf, startAfresh, TABLES } from "./workerd.fixture.ts";

beforeEach(startAfresh);

const closed = routes.filter(({ access }) => access !== "public");

describe("an API key", () => {
  it.each(closed)("may not $method $path", async ({ method, path }) => {
    const ann = await newPerson("boss@example.com");
    const before = await Promise.all(TABLES.map(rowsOf));
    const at = path.replace(":id", ann.id);
    const body = method === "GET" ? undefined : {};
    expect(await codeOf(await ask(withKey(ann), method, at, body))).toEqual([403, "forbidden"]);
    expect(await Promise.all(TABLES.map(rowsOf))).toEqual(before);
  });
});
