import { describe, expect, it } from "vitest";

import { parseAnswer } from "./connection.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

describe("parseAnswer", () => {
  it("waits for the whole head", () => {
    expect(parseAnswer(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"))).toBeNull();
  });

  it("waits for as many bytes as were promised", () => {
    expect(parseAnswer(bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"))).toBeNull();
  });

  it("reads status and body", () => {
    const answer = parseAnswer(bytes("HTTP/1.1 429 Slow\r\nContent-Length: 2\r\n\r\nab"));
    expect(answer).toMatchObject({ status: 429, body: "ab" });
  });

  it("waits for the last chunk of a body in chunks", () => {
    const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(parseAnswer(bytes(`${head}2\r\nab\r\n`))).toBeNull();
    expect(parseAnswer(bytes(`${head}2\r\nab\r\n0\r\n\r\n`))?.status).toBe(200);
  });

  it("takes an answer without a body as complete", () => {
    expect(parseAnswer(bytes("HTTP/1.1 204 None\r\n\r\n"))).toMatchObject({
      status: 204,
      body: "",
    });
  });
});
