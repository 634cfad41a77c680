import { describe, expect, it } from "vitest";

import { isHarmless, redact } from "./redact.ts";
import { NAMES, random, seeded, SHAPES } from "./secrets-for-tests.ts";

const next = seeded(20_261_121);
const bodies = Array.from({ length: 12 }, () => random(next, 43));

/** Every place in which a text can reach the log. */
const PLACES: Readonly<Record<string, (text: string) => Record<string, unknown>>> = {
  "a field": (text) => ({ detail: text }),
  "the middle of a sentence": (text) => ({ detail: `sent <${text}> twice: "${text}", why?` }),
  "a nested object": (text) => ({ a: { b: { c: text } } }),
  "a list": (text) => ({ list: ["fine", [text]] }),
  "an error": (text) => ({ error: new Error(`no such thing: ${text}`) }),
  "the cause of a cause": (text) => ({
    error: new Error("outer", { cause: new Error("inner", { cause: new TypeError(text) }) }),
  }),
  "a cause that is no error": (text) => ({ error: new Error("outer", { cause: { text } }) }),
  "a Map": (text) => ({ map: new Map([["x", { text }]]) }),
  "the key of a Map": (text) => ({ map: new Map([[text, 1]]) }),
  "a field name": (text) => ({ counts: { [text]: 1 } }),
  "a Set": (text) => ({ set: new Set([text]) }),
  Headers: (text) => ({ headers: new Headers({ "x-thing": text }) }),
  "a URL": (text) => ({ url: new URL(`https://a.test/?next=1&token=${encodeURIComponent(text)}`) }),
  "a getter": (text) => ({
    get lazy() {
      return text;
    },
  }),
  "JSON inside text": (text) => ({ body: JSON.stringify({ text }) }),
  "the end of a text that is cut": (text) => ({ body: `${"x ".repeat(980)}${text}` }),
  "its own JSON form": (text) => ({ made: { toJSON: () => text } }),
};

const corpus = Object.entries(SHAPES).flatMap(([shape, make]) =>
  bodies.map((body) => ({ shape, body, text: make(body) })),
);

describe("the redaction of a text", () => {
  it("has a corpus of more than a hundred secrets", () => {
    expect(new Set(corpus.map(({ text }) => text)).size).toBeGreaterThan(100);
  });

  it.each(Object.entries(PLACES))("leaves no secret in %s", (_name, place) => {
    const leaks = corpus.filter(({ text, body }) =>
      JSON.stringify(redact(place(text))).includes(body.slice(0, 12)),
    );
    expect(leaks.map(({ shape }) => shape)).toEqual([]);
  });

  it.each(Object.entries(SHAPES))("knows %s", (_name, make) => {
    const text = make(bodies[0] ?? "");
    expect(JSON.stringify(redact({ detail: text }))).toContain("[redacted]");
  });
});

describe("the redaction of a name", () => {
  const plain = "correct horse battery staple";

  it.each(NAMES)("leaves no value of %s, however deep", (name) => {
    const holders: Record<string, unknown>[] = [
      { [name]: plain },
      { [name]: [plain] },
      { [name]: { inner: plain } },
      { a: [{ b: { [name]: plain } }] },
      { map: new Map([[name, plain]]) },
      { error: new Error("x", { cause: { [name]: plain } }) },
    ];
    expect(JSON.stringify(holders.map(redact))).not.toContain(plain);
  });

  it.each(["authorization", "cookie", "x-api-key", "x-signature"])(
    "leaves no value of the header %s",
    (name) => {
      const headers = new Headers({ [name]: plain, accept: "text/html" });
      expect(redact({ headers })).toEqual({
        headers: { [name]: "[redacted]", accept: "text/html" },
      });
    },
  );
});

describe("a text that may be written as it is", () => {
  /** The rule in one pattern. */
  const RULE = /^(?:(?![Ll][Uu][Nn][Aa]_)[\w/:-]){0,64}$/;
  const parts = ["luna", "LUNA", "Lu", "na", "_", "a", "0", "/", "x".repeat(31), "-"];
  /** So many of them are of the kinds that are harmless. */
  const PLAIN = parts.length;
  parts.push(".", " ", '"', "\\", "\n", "é", "\u2028", "\ud800");

  it("is just what the rule says, in 50,000 texts", () => {
    const texts = Array.from({ length: 50_000 }, () =>
      Array.from({ length: 1 + next(5) }, () => {
        const among = next(10) < 7 ? PLAIN : parts.length;
        return parts[next(among)];
      }).join(""),
    );
    expect(texts.filter((text) => isHarmless(text) !== RULE.test(text))).toEqual([]);
    expect(texts.filter(isHarmless).length).toBeGreaterThan(5_000);
  });
});

describe("what is no secret", () => {
  it("survives as it was", () => {
    const fields = {
      userId: "00u",
      status: 404,
      ms: 1.5,
      ok: true,
      none: null,
      path: "/v1/me?limit=20&cursor=abc",
      list: [1, "two", { three: 3 }],
      mailId: "00m",
      sentAt: "2026-11-21T12:00:00Z",
    };
    expect(redact(fields)).toEqual(fields);
  });

  it("survives beside a secret", () => {
    expect(redact({ url: "https://a.test/verify?lang=en&token=abc&x=1" })).toEqual({
      url: "https://a.test/verify?lang=en&token=[redacted]&x=1",
    });
  });

  it("keeps the name and the message of an error", () => {
    expect(redact({ error: new TypeError("x is not a function") })).toMatchObject({
      error: { name: "TypeError", message: "x is not a function" },
    });
  });
});

describe("a value that fights back", () => {
  it("is cut where it turns in a circle", () => {
    const circle: Record<string, unknown> = { name: "a" };
    circle["self"] = [circle];
    expect(redact({ circle })).toEqual({ circle: { name: "a", self: ["[circular]"] } });
  });

  it("may stand twice without being a circle", () => {
    const shared = { a: 1 };
    expect(redact({ x: shared, y: shared })).toEqual({ x: shared, y: shared });
  });

  it("is cut where it is deep, wide or long", () => {
    const deep = (levels: number): unknown => (levels === 0 ? "end" : { in: deep(levels - 1) });
    expect(JSON.stringify(redact({ deep: deep(5_000) }))).toContain("[deep]");
    expect(redact({ wide: Array(10_000).fill(0) })["wide"]).toHaveLength(50);
    expect(String(redact({ long: "x".repeat(1_000_000) })["long"]).length).toBeLessThan(2_100);
  });

  it("does not take its neighbours with it when it cannot be read", () => {
    const angry = {
      fine: 1,
      get broken(): never {
        throw new Error("no");
      },
    };
    expect(redact({ angry })).toEqual({ angry: { fine: 1, broken: "[unreadable]" } });
  });

  it.each([
    [
      "a revoked proxy",
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
    ["an error whose message is no text", () => Object.assign(new Error("x"), { message: 1 })],
    ["a function", () => () => "secret"],
    ["a symbol", () => Symbol("s")],
    ["a big number", () => 2n ** 70n],
    ["bytes", () => new Uint8Array(100_000)],
    ["an object without a prototype", () => Object.assign(Object.create(null), { a: 1 })],
    [
      "a JSON form that throws",
      () => ({
        toJSON() {
          throw new Error("no");
        },
      }),
    ],
  ])("does not stop the line: %s", (_name, make) => {
    expect(() => JSON.stringify(redact({ value: make() }))).not.toThrow();
  });
});
