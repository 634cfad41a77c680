import { beforeEach, describe, expect, it } from "vitest";

import { canRefresh, isSignedIn, newPerson, signInAgain, toldOf } from "./person.fixture.ts";
import { IDLE_MS } from "./session.ts";
import { DB, HOUR, NOW, setTime, startAfresh } from "./workerd.fixture.ts";

beforeEach(startAfresh);

const LIST = "/v1/auth/sessions";

interface Page {
  items: { id: string; current: boolean; lastUsedAt: string }[];
  nextCursor: string | null;
}

describe("the list of sessions", () => {
  it("shows the caller's own, newest first, and which is this one", async () => {
    const ann = await newPerson("ann@example.com");
    await newPerson("eve@example.com");
    setTime(NOW + HOUR);
    const phone = await signInAgain(ann);
    const answer = await ann.ask("GET", LIST);
    expect(answer.status).toBe(200);
    const shared = { userAgent: "a browser", address: "192.0.2.1" };
    const first = new Date(NOW).toISOString();
    const later = new Date(NOW + HOUR).toISOString();
    expect(await answer.json()).toEqual({
      items: [
        { ...shared, id: phone.sessionId, createdAt: later, lastUsedAt: later, current: false },
        { ...shared, id: ann.sessionId, createdAt: first, lastUsedAt: first, current: true },
      ],
      nextCursor: null,
    });
    await canRefresh(ann);
    const { items } = await (await phone.ask("GET", LIST)).json<Page>();
    expect(items.map(({ lastUsedAt, current }) => [lastUsedAt, current])).toEqual([
      [later, true],
      [later, false],
    ]);
  });

  it("leaves out what is over: signed out, ended everywhere, or unused", async () => {
    const ann = await newPerson("ann@example.com");
    const phone = await signInAgain(ann);
    await phone.ask("POST", "/v1/auth/sign-out");
    const ids = async (person = ann) =>
      (await (await person.ask("GET", LIST)).json<Page>()).items.map(({ id }) => id);
    expect(await ids()).toEqual([ann.sessionId]);
    await ann.ask("POST", "/v1/auth/sign-out-all");
    const again = await signInAgain(ann);
    expect(await ids(again)).toEqual([again.sessionId]);
    setTime(NOW + IDLE_MS);
    expect(await ids(again)).toEqual([]);
  });

  it("comes in pages that neither repeat nor skip", async () => {
    const ann = await newPerson("ann@example.com");
    for (let more = 0; more < 4; more += 1) await signInAgain(ann);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? "" : `&cursor=${cursor}`;
      const page: Page = await (await ann.ask("GET", `${LIST}?limit=2${from}`)).json<Page>();
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(Array.from(new Set(seen)).sort().toReversed());
    expect(seen).toHaveLength(5);
  });
});

describe("ending a session", () => {
  it("ends that one, tells the Subject, and then it does not exist", async () => {
    const ann = await newPerson("ann@example.com");
    const phone = await signInAgain(ann);
    expect((await ann.ask("DELETE", `${LIST}/${phone.sessionId}`)).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ sessionId: phone.sessionId });
    expect([await isSignedIn(phone), await canRefresh(phone)]).toEqual([false, false]);
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([true, true]);
    expect((await ann.ask("DELETE", `${LIST}/${phone.sessionId}`)).status).toBe(404);
  });

  it("does not find a stranger's, and changes nothing", async () => {
    const ann = await newPerson("ann@example.com");
    const eve = await newPerson("eve@example.com");
    const told = await toldOf(ann);
    for (const id of [ann.sessionId, "unknown", "%27%20OR%201=1", "x".repeat(1_000)])
      expect((await eve.ask("DELETE", `${LIST}/${id}`)).status).toBe(404);
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([true, true]);
    expect(await toldOf(ann)).toEqual(told);
    const ended = DB.prepare("SELECT count(*) AS n FROM audit WHERE action = 'session.ended'");
    expect(await ended.first("n")).toBe(0);
  });
});
