import { arrivalOf } from "@luna/shared/http/arrival";
import { describe, expect, it } from "vitest";

import { clientOf } from "./client.ts";

const arrivalWith = (headers: Record<string, string>) =>
  arrivalOf(new Request("https://api.example.com/", { headers }));

describe("the client", () => {
  it("has the address that the edge saw, whatever else it claims", () => {
    const arrival = arrivalWith({
      "cf-connecting-ip": "192.0.2.7",
      "x-forwarded-for": "203.0.113.9",
      "x-real-ip": "203.0.113.9",
      forwarded: "for=203.0.113.9",
    });
    for (const ENVIRONMENT of ["staging", "production"] as const)
      expect(clientOf(arrival, { ENVIRONMENT }).address).toBe("192.0.2.7");
  });

  it("has one address on a laptop, where nobody stands between it and its claims", () => {
    const arrival = arrivalWith({ "cf-connecting-ip": "203.0.113.9" });
    expect(clientOf(arrival, { ENVIRONMENT: "local" }).address).toBe("127.0.0.1");
    expect(clientOf(arrivalWith({}), { ENVIRONMENT: "local" }).address).toBe("127.0.0.1");
  });

  it.each([
    ["de-AT,de;q=0.9", "de-AT"],
    ["pt-BR", "pt-BR"],
    ["*", "en"],
    ["", "en"],
    ["x".repeat(5_000), "en"],
    ["en'; DROP TABLE users", "en"],
  ])("speaks, by %j, %s", (header, language) => {
    expect(clientOf(arrivalWith({ "accept-language": header }), null).language).toBe(language);
  });
});
