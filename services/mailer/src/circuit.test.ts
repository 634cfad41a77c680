import { describe, expect, it } from "vitest";

import { admit, type Circuit, CLOSED, FAILURES_TO_OPEN, learn, type Report } from "./circuit.ts";

const PROBE_MS = 30_000;
const nothing: Report = {
  opening: null,
  answered: false,
  failures: 0,
  code: "",
  refused: false,
  retryAfterMs: null,
};
const refusal: Report = { ...nothing, failures: 1, code: "http_401", refused: true };
const told = (circuit: Circuit, report: Partial<Report>, now: number): Circuit =>
  learn(circuit, { ...nothing, ...report }, now, PROBE_MS);
const refused = (now = 0): Circuit => learn(CLOSED, refusal, now, PROBE_MS);

/** Asks every tenth of a second and tells of every probe what `report` says; answers when it was let through. */
const probes = (start: Circuit, until: number, report: Partial<Report>): number[] => {
  const times: number[] = [];
  let circuit = start;
  for (let now = 0; now < until; now += 100) {
    const [admission, next] = admit(circuit, now, PROBE_MS);
    circuit = next;
    if (admission.permit !== "probe") continue;
    times.push(now);
    circuit = told(circuit, { ...report, opening: admission.opening }, now + 50);
  }
  return times;
};

describe("a circuit", () => {
  it("opens at the first refusal that concerns every mail", () => {
    expect(admit(refused(), 1, PROBE_MS)[0]).toEqual({ permit: "none", probeAt: PROBE_MS });
  });

  it("lets one mail through in thirty seconds while the provider refuses", () => {
    const times = probes(refused(), 600_000, { failures: 1, code: "http_401", refused: true });
    expect(times).toEqual(Array.from({ length: 19 }, (_, n) => (n + 1) * PROBE_MS));
  });

  it("lets the next mail through when a probe was never heard of again", () => {
    const [, waiting] = admit(refused(), PROBE_MS, PROBE_MS);
    expect(admit(waiting, PROBE_MS + 1, PROBE_MS)[0].permit).toBe("none");
    expect(admit(waiting, 2 * PROBE_MS, PROBE_MS)[0].permit).toBe("probe");
  });

  it("closes after a good probe", () => {
    const [admission, waiting] = admit(refused(), PROBE_MS, PROBE_MS);
    const opening = admission.permit === "probe" ? admission.opening : null;
    const after = told(waiting, { answered: true, opening }, PROBE_MS + 5);
    expect(admit(after, PROBE_MS + 6, PROBE_MS)[0]).toEqual({ permit: "all", failures: 0 });
  });

  it("does not close because a mail arrives that left before it opened", () => {
    const after = told(refused(1_000), { answered: true }, 1_001);
    expect(admit(after, 1_002, PROBE_MS)[0].permit).toBe("none");
  });

  it("opens after so many failures in a row, whoever met them", () => {
    let circuit = CLOSED;
    for (let n = 1; n < FAILURES_TO_OPEN; n += 1)
      circuit = told(circuit, { failures: 1, code: "smtp_421" }, n);
    expect(circuit.open).toBeNull();
    expect(told(circuit, { failures: 1, code: "smtp_421" }, 50).open?.code).toBe("smtp_421");
  });

  it("counts failures anew after a mail that went out", () => {
    const before = told(CLOSED, { failures: FAILURES_TO_OPEN - 1, code: "smtp_451" }, 0);
    const between = told(before, { answered: true }, 1);
    expect(told(between, { failures: FAILURES_TO_OPEN - 1, code: "smtp_451" }, 2).open).toBeNull();
  });

  it("probes an outage as seldom as a refusal", () => {
    const down = told(CLOSED, { failures: FAILURES_TO_OPEN, code: "smtp_cut_connect" }, 0);
    const seconds = probes(down, 130_000, { failures: 1 }).map((ms) => ms / 1_000);
    expect(seconds).toEqual([30, 60, 90, 120]);
  });

  it("waits as long as the provider asks", () => {
    const busy = told(CLOSED, { failures: 1, code: "http_429", retryAfterMs: 90_000 }, 0);
    expect(admit(busy, 89_999, PROBE_MS)[0]).toEqual({ permit: "none", probeAt: 90_000 });
  });

  it("tells when an outage turns out to be a refusal, and probes it no sooner", () => {
    const down = told(CLOSED, { failures: FAILURES_TO_OPEN, code: "smtp_421" }, 0);
    const [admission, waiting] = admit(down, PROBE_MS, PROBE_MS);
    const opening = admission.permit === "probe" ? admission.opening : null;
    const after = learn(waiting, { ...refusal, opening }, PROBE_MS + 10, PROBE_MS);
    expect([down.open?.code, after.open?.code]).toEqual(["smtp_421", refusal.code]);
    expect(admit(after, 2 * PROBE_MS - 1, PROBE_MS)[0].permit).toBe("none");
  });
});
