import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

/** A service that is deployed but answers nothing: every verb of every entrypoint is missing. */
export default class Down extends WorkerEntrypoint {}
export class ForGateway extends WorkerEntrypoint {}
export class ForServices extends WorkerEntrypoint {}
export class ForAuth extends WorkerEntrypoint {}
export class ForBilling extends WorkerEntrypoint {}
export class ForScheduler extends WorkerEntrypoint {}
export class Subject extends DurableObject {}
