import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

/** Longer than any test waits. */
const FOR_EVER_MS = 600_000;

const never = (): Promise<void> => scheduler.wait(FOR_EVER_MS);

/** A service that takes every call and never answers. */
export default class extends WorkerEntrypoint {}

export class ForGateway extends WorkerEntrypoint {
  handle(): Promise<void> {
    return never();
  }

  health(): Promise<void> {
    return never();
  }
}

export class ForServices extends WorkerEntrypoint {
  accept(): Promise<void> {
    return never();
  }
}

export class ForAuth extends WorkerEntrypoint {
  createUser(): Promise<void> {
    return never();
  }
}

export class ForBilling extends WorkerEntrypoint {
  applySubscription(): Promise<void> {
    return never();
  }
}

export class ForScheduler extends WorkerEntrypoint {
  run(): Promise<void> {
    return never();
  }
}

export class Subject extends DurableObject {
  admit(): Promise<void> {
    return never();
  }
}
