import { describe, expect, it } from "vitest";

import { arrivalOf } from "./arrival.ts";
import { discardBody, isJson, MAX_BODY_BYTES, parseJson, readBytes } from "./read-body.ts";

const post = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request("https://a.test/", { method: "POST", body, headers });

/** A body that arrives in pieces and tells no length. */
const streamed = (chunk: number, total = Number.POSITIVE_INFINITY) => {
  const state = { sent: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      state.sent += chunk;
      controller.enqueue(new Uint8Array(chunk));
      if (state.sent >= total) controller.close();
    },
    cancel() {
      state.cancelled = true;
    },
  });
  const init = { method: "POST", body, duplex: "half" };
  return { request: new Request("https://a.test/", init), state };
};

describe("reading a body", () => {
  it("takes no body for no bytes", async () => {
    expect(await readBytes(arrivalOf(post(null)))).toEqual({ ok: true, value: new Uint8Array() });
  });

  it("puts the pieces together in their order", async () => {
    const body = new Blob(["one ", "two ", "three"]);
    const read = await readBytes(arrivalOf(post(body)));
    expect(read.ok && new TextDecoder().decode(read.value)).toBe("one two three");
  });

  it("takes 256 KB and not one byte more", async () => {
    const exact = await readBytes(arrivalOf(post("x".repeat(MAX_BODY_BYTES))));
    const more = await readBytes(arrivalOf(post("x".repeat(MAX_BODY_BYTES + 1))));
    expect([exact.ok, more]).toMatchObject([true, { ok: false, code: "payload_too_large" }]);
  });

  it.each(["0", "5", "-1", "junk", "NaN", "1e3"])(
    "does not believe the content-length %j when more arrives",
    async (length) => {
      const request = post("x".repeat(MAX_BODY_BYTES + 1), { "content-length": length });
      expect(await readBytes(arrivalOf(request))).toMatchObject({ code: "payload_too_large" });
    },
  );

  it("gives an endless body up", async () => {
    const { request, state } = streamed(64 * 1024);
    expect(await readBytes(arrivalOf(request))).toMatchObject({ code: "payload_too_large" });
    expect(state.cancelled).toBe(true);
  });

  it("takes a body without a length that ends at the cap", async () => {
    const { request } = streamed(64 * 1024, MAX_BODY_BYTES);
    const read = await readBytes(arrivalOf(request));
    expect(read.ok && read.value.byteLength).toBe(MAX_BODY_BYTES);
  });
});

describe("discarding a body", () => {
  it("reads what nobody wanted, so that the client hears the answer", async () => {
    const { request, state } = streamed(1_024, MAX_BODY_BYTES);
    await discardBody(request);
    expect([request.bodyUsed, state.sent]).toEqual([true, MAX_BODY_BYTES]);
  });

  it("gives an endless body up", async () => {
    const { request, state } = streamed(64 * 1024);
    await discardBody(request);
    expect(state.cancelled).toBe(true);
  });

  it("gives up a body that stops on its way", async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
    });
    const init = { method: "POST", body, duplex: "half" };
    await expect(discardBody(new Request("https://a.test/", init), 1)).resolves.toBeUndefined();
  });

  it("bears a body that breaks off", async () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error("gone")),
    });
    const init = { method: "POST", body, duplex: "half" };
    await expect(discardBody(new Request("https://a.test/", init))).resolves.toBeUndefined();
  });

  it("leaves alone what was read already, or was never there", async () => {
    const request = post("text");
    await request.text();
    await expect(discardBody(request)).resolves.toBeUndefined();
    await expect(discardBody(post(null))).resolves.toBeUndefined();
  });
});

describe("a content type", () => {
  it.each([
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json ; charset=UTF-8 ",
    "application/merge-patch+json",
  ])("is JSON: %s", (type) => {
    expect(isJson(type)).toBe(true);
  });

  it.each([
    null,
    "",
    "text/plain",
    "text/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json5",
    "application/json, text/plain",
    "application/json; charset=latin1",
    "application/json; charset=utf-16",
    "application/json; charset=utf-8; charset=latin1",
    "application/json; charset=",
    "xapplication/json",
    " application/json",
    "application/+json",
    "text/plain; application/json",
  ])("is not JSON: %s", (type) => {
    expect(isJson(type)).toBe(false);
  });
});

describe("the bytes of a body", () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("are JSON in UTF-8", () => {
    expect(parseJson(encode('{"a":"ü€😀"}'))).toEqual({ ok: true, value: { json: { a: "ü€😀" } } });
  });

  it.each([
    ["a lone continuation", [0x22, 0x80, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a surrogate", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a sequence cut short", [0x22, 0xe2, 0x82]],
    ["Latin-1", [0x22, 0xfc, 0x22]],
    ["UTF-16", [0xff, 0xfe, 0x7b, 0x00]],
    ["a code point beyond Unicode", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
  ])("are refused as an encoding: %s", (_name, bytes) => {
    expect(parseJson(Uint8Array.from(bytes))).toMatchObject({ code: "malformed_encoding" });
  });

  it.each(["", " ", "{", "{'a':1}", "{a:1}", "[1,]", "NaN", "undefined", "01", "\uFEFF{}", "{}{}"])(
    "are refused as JSON: %j",
    (text) => {
      expect(parseJson(encode(text))).toMatchObject({ code: "malformed_json" });
    },
  );
});
