import { drive, once } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import type { Mesh } from "../mesh/start-mesh.ts";
import { IN_FLIGHT, type Door } from "./door.ts";
import type { Outcome } from "./judge.ts";

/** An answer that the Subject decided says what is left; the degraded mode's does not. */
const DECIDED = /^ratelimit: /im;

/** The front doors themselves: whole requests through real gateways. */
export const gatewayDoor =
  (mesh: Mesh): Door =>
  async (questions, isolates) => {
    let undecided = 0;
    const outcomes = new Map<Buffer, Outcome>();
    const requests = questions.flatMap(({ account, outcome }) => {
      const request = requestBytes({ path: "/v1/me", token: account.token });
      outcomes.set(request, outcome);
      return Array.from({ length: outcome.asked }, () => request);
    });
    await drive({
      ports: mesh.ports.slice(0, isolates),
      inFlight: IN_FLIGHT,
      next: once(requests),
      seen: ({ status, head }, request) => {
        const outcome = outcomes.get(request);
        if (outcome === undefined || status === 429) return;
        if (status === 200 && DECIDED.test(head)) outcome.admitted += 1;
        else {
          // Nobody decided it, so the exact log is not asked either.
          outcome.asked -= 1;
          undecided += 1;
        }
      },
    });
    return undecided;
  };
