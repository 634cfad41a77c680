import { type FaultSwitch, parseFault } from "../fault.ts";
import type { Route } from "../http-server.ts";
import { json, problem } from "../json-reply.ts";
import { API_FAULTS, type ApiFault } from "./api-guard.ts";
import type { CallCounter } from "./call-counter.ts";
import { CALM, CHAOS_FIELDS } from "./chaos.ts";
import { readFields, wholeFrom } from "./fields.ts";
import { chaosOf, type Shop } from "./shop.ts";

const MOST_CALLS = 1_000_000;

/** Bad weather: on the way of the webhooks, and at the API. Chaos is kept, faults end with the process. */
export const weatherControls = (
  shop: Shop,
  faults: FaultSwitch<ApiFault>,
  counter: CallCounter,
): Route[] => [
  ["GET", "/emulator/chaos", () => json(200, chaosOf(shop.state))],
  [
    "POST",
    "/emulator/chaos",
    async ({ body }) => {
      const input = readFields(body, CHAOS_FIELDS);
      if ("problem" in input) return problem(422, input.problem);
      const chaos = { ...chaosOf(shop.state), ...input.values };
      await shop.state.commit([{ table: "chaos", row: { ...chaos, id: 1 } }]);
      return json(200, chaosOf(shop.state));
    },
  ],
  [
    "DELETE",
    "/emulator/chaos",
    async () => {
      await shop.state.commit([{ table: "chaos", row: { ...CALM, id: 1 } }]);
      return json(200, chaosOf(shop.state));
    },
  ],
  [
    "POST",
    "/emulator/faults",
    ({ body }) => {
      const fault = parseFault(body.toString(), API_FAULTS);
      if ("problem" in fault) return problem(422, fault.problem);
      faults.set(fault);
      return json(200, fault);
    },
  ],
  [
    "POST",
    "/emulator/limit",
    ({ body }) => {
      const input = readFields(body, { callsPerMinute: wholeFrom(1, MOST_CALLS) });
      if ("problem" in input) return problem(422, input.problem);
      const { callsPerMinute } = input.values;
      if (callsPerMinute === undefined) return problem(422, 'Say the "callsPerMinute".');
      counter.setLimit(callsPerMinute);
      return json(200, { callsPerMinute });
    },
  ],
];
