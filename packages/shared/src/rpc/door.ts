import type { AnsweredText, AskedText, Body } from "./exchange.ts";

/** What a service says of itself; the gateway's `/health` is made of six of these. */
export interface Health {
  status: "healthy" | "unhealthy";
  /** The deployed version: the platform's version id, or `local`. */
  version: string;
  /** Its parts by name: `database`, `configuration`. */
  checks: Record<string, boolean>;
}

/** The entrypoint `ForGateway` of every private service. */
export interface ServiceDoor {
  handle(asked: AskedText, body: Body): Promise<AnsweredText>;
  health(): Promise<Health>;
}

/** The static identity of a binding, set in the caller's configuration and nowhere else. */
export interface BindingProps {
  caller: "gateway" | "auth" | "users" | "billing-webhook" | "scheduler";
}
