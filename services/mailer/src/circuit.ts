/** Whether mail goes out through one transport. Closed, as in electricity, lets it through. */
export interface Circuit {
  /** Failures in a row while closed. */
  failures: number;
  open: {
    /** The code of the failure that opened it: `http_401`. */
    code: string;
    since: number;
    /** When the next mail may try, in milliseconds since 1970. */
    probeAt: number;
    /** How many have tried since. */
    probes: number;
  } | null;
}

export const CLOSED: Circuit = { failures: 0, open: null };

/** Who asks may send all mail, one mail, or none before `probeAt`. */
export type Admission =
  | { permit: "all"; failures: number }
  | { permit: "probe"; opening: number }
  | { permit: "none"; probeAt: number };

/** What a run met since it last told. */
export interface Report {
  /** Of the run's admission, if it was a probe: only a probe may close the circuit again. */
  opening: number | null;
  /** The provider took a mail, or refused one for the mail's own sake. */
  answered: boolean;
  /** Failures in a row since then. */
  failures: number;
  code: string;
  /** Every mail is refused. */
  refused: boolean;
  /** The provider's own wish, in milliseconds. */
  retryAfterMs: number | null;
}

/** At most one probe in this time, in the whole mesh: a provider counts refused calls against us. */
export const PROBE_SECONDS = 30;
/** A moment's trouble never gets so far; an outage does within a second. */
export const FAILURES_TO_OPEN = 10;

/** Asking for a probe takes it: whoever comes next waits, whatever becomes of the probe. */
export const admit = (circuit: Circuit, now: number, probeMs: number): [Admission, Circuit] => {
  const { open, failures } = circuit;
  if (open === null) return [{ permit: "all", failures }, circuit];
  if (now < open.probeAt) return [{ permit: "none", probeAt: open.probeAt }, circuit];
  const probes = open.probes + 1;
  return [
    { permit: "probe", opening: open.since },
    { failures, open: { ...open, probes, probeAt: now + probeMs } },
  ];
};

const opened = (report: Report, now: number, probeMs: number): Circuit => {
  const wait = Math.max(probeMs, report.retryAfterMs ?? 0);
  return {
    failures: 0,
    open: { code: report.code, since: now, probeAt: now + wait, probes: 0 },
  };
};

/** The circuit after a report. */
export const learn = (circuit: Circuit, report: Report, now: number, probeMs: number): Circuit => {
  const { open } = circuit;
  const { answered, failures, refused, retryAfterMs, code } = report;
  if (open === null) {
    const inARow = answered ? failures : circuit.failures + failures;
    if (refused || retryAfterMs !== null || inARow >= FAILURES_TO_OPEN)
      return opened(report, now, probeMs);
    return inARow === circuit.failures ? circuit : { failures: inARow, open: null };
  }
  const probed = report.opening === open.since;
  // A mail that was under way when the circuit opened says nothing about now.
  if (probed && answered && !refused) return { failures, open: null };
  const probeAt = Math.max(open.probeAt, now + (retryAfterMs ?? 0));
  return { failures: 0, open: { ...open, code: code === "" ? open.code : code, probeAt } };
};
