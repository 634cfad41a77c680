import { STATUS_CODES } from "node:http";

import type { Reply } from "./http-server.ts";

export const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(value),
});

/** An RFC 9457 answer, the shape the mesh itself uses for errors. */
export const problem = (status: number, detail: string): Reply => ({
  status,
  headers: { "Content-Type": "application/problem+json" },
  body: JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status, detail }),
});
