import { withinRequest } from "../deadline.ts";
import type { Arrival } from "./arrival.ts";
import { Failure } from "./problem.ts";
import { MAX_BODY_BYTES, readBytes } from "./read-body.ts";

/**
 * For 256 KB. With the deadline of the service it stays below the life of the mark that an unsafe
 * request has left at its Subject, so nothing is written after it.
 */
const UPLOAD_MS = 10_000;

/** The raw bytes as a client sends them, or what to answer: for a door with nobody before it. */
export const receiveBody = async (
  arrival: Arrival,
  limit = MAX_BODY_BYTES,
): Promise<Uint8Array<ArrayBuffer> | Failure> => {
  // A sender that hangs up in the middle is no bug of ours, and nobody is left to read the answer.
  const arriving = readBytes(arrival, limit).catch(() => null);
  // What has no stream is here already, and needs no timer.
  const read = await (arrival.request === null || arrival.request.body === null
    ? arriving
    : withinRequest(UPLOAD_MS, arriving, () => null));
  if (read === null) return new Failure("unavailable", "The body did not arrive in time.");
  return read.ok ? read.value : new Failure(read.code, read.detail);
};
