import { arrivalOf } from "@luna/shared/http/arrival";
import { Failure } from "@luna/shared/http/problem";
import { answeredText } from "@luna/shared/rpc/exchange";
import { expect, it } from "vitest";

import type { Answers } from "./doors.ts";
import { forward } from "./forward.ts";
import { client, passageWith, routeOf } from "./passage-for-tests.ts";

it("asks no service when the client hangs up in the middle of its body", async () => {
  const asked: unknown[] = [];
  const door: Answers = {
    handle: (question) => {
      asked.push(question);
      return Promise.resolve(answeredText({ status: 204, headers: {}, body: null }));
    },
  };
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("Network connection lost.")),
  });
  const init = { method: "POST", body, duplex: "half" };
  const arrival = arrivalOf(new Request("https://api.test/v1/auth/sign-in", init));
  const caller = { kind: "anonymous", client } as const;
  const answer = await forward(door, arrival, routeOf(), caller, passageWith({}).passage);
  expect(answer).toBeInstanceOf(Failure);
  expect(answer).toMatchObject({ code: "unavailable" });
  expect(asked).toEqual([]);
});
