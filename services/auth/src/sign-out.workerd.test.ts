import type { UserCaller } from "@luna/shared/rpc/caller";
import { beforeEach, describe, expect, it } from "vitest";

import { ask, canRefresh, isSignedIn, newPerson, signInAgain, toldOf } from "./person.fixture.ts";
import { ACCESS_TOKEN_S, REMEMBER_MS } from "./session.ts";
import { NOW, rowsOf, startAfresh } from "./workerd.fixture.ts";

beforeEach(startAfresh);

const OUT = "/v1/auth/sign-out";

describe("sign-out", () => {
  it("ends this session and no other, and the Subject knows before the answer", async () => {
    const ann = await newPerson("ann@example.com");
    const phone = await signInAgain(ann);
    expect((await ann.ask("POST", OUT)).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toEqual({
      userId: ann.id,
      kind: "session_revoked",
      sessionId: ann.sessionId,
      until: NOW + REMEMBER_MS,
    });
    expect([await isSignedIn(ann), await canRefresh(ann)]).toEqual([false, false]);
    expect([await isSignedIn(phone), await canRefresh(phone)]).toEqual([true, true]);
    expect(await rowsOf("outbox")).toEqual([]);
  });

  it("is remembered longer than any token of the session can live", () => {
    expect(REMEMBER_MS).toBeGreaterThan(ACCESS_TOKEN_S * 1_000);
  });

  it("is answered alike when repeated, and recorded once", async () => {
    const ann = await newPerson("ann@example.com");
    await ann.ask("POST", OUT);
    expect((await ann.ask("POST", OUT)).status).toBe(204);
    const actions = (await rowsOf("audit")).map(({ action }) => action);
    expect(actions.filter((action) => action === "session.signed_out")).toHaveLength(1);
  });

  it("does not end a session whose id a stranger claims", async () => {
    const ann = await newPerson("ann@example.com");
    const eve = await newPerson("eve@example.com");
    const credential = { kind: "session", sessionId: ann.sessionId } as const;
    const forged: UserCaller = { ...eve.caller, credential };
    await ask(forged, "POST", OUT);
    expect([await isSignedIn(ann), await toldOf(eve)]).toEqual([true, [expect.anything()]]);
  });
});

describe("sign-out-all", () => {
  it("refuses every session and token of before, and nobody else's", async () => {
    const ann = await newPerson("ann@example.com");
    const phone = await signInAgain(ann);
    const bob = await newPerson("bob@example.com");
    expect((await ann.ask("POST", "/v1/auth/sign-out-all")).status).toBe(204);
    expect((await toldOf(ann)).at(-1)).toMatchObject({ kind: "account", generation: 1 });
    for (const gone of [ann, phone])
      expect([await isSignedIn(gone), await canRefresh(gone)]).toEqual([false, false]);
    expect([await isSignedIn(bob), await canRefresh(bob)]).toEqual([true, true]);
    expect(await isSignedIn(await signInAgain(ann))).toBe(true);
  });
});
