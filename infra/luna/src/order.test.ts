import { describe, expect, it } from "vitest";

import { CallCycle, calleeFirst } from "./order.ts";

const service = (name: string, calls: string[], borrows: string[] = []) => ({
  name,
  config: {
    name,
    main: "src/index.ts",
    services: calls.map((callee) => ({ binding: callee.toUpperCase(), service: callee })),
    durable_objects: {
      bindings: borrows.map((owner) => ({ name: "O", class_name: "O", script_name: owner })),
    },
  },
});
const names = (services: { name: string }[]) => services.map(({ name }) => name);

describe("calleeFirst", () => {
  it("puts a service after every service it calls", () => {
    const mesh = [
      service("gateway", ["auth", "users"]),
      service("auth", ["users", "mailer"]),
      service("users", ["mailer"]),
      service("mailer", []),
    ];
    expect(names(calleeFirst(mesh))).toEqual(["mailer", "users", "auth", "gateway"]);
  });

  it("counts the owner of a borrowed Durable Object as a callee", () => {
    const mesh = [service("a-edge", [], ["users"]), service("users", [])];
    expect(names(calleeFirst(mesh))).toEqual(["users", "a-edge"]);
  });

  it("lets a service bind to itself", () => {
    expect(names(calleeFirst([service("auth", ["auth"])]))).toEqual(["auth"]);
  });

  it("refuses a circle and names it", () => {
    const mesh = [service("a", ["b"]), service("b", ["c"]), service("c", ["a"])];
    expect(() => calleeFirst(mesh)).toThrow(new CallCycle(["a", "b", "c", "a"]));
  });
});
