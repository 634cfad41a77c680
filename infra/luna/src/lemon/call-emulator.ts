import { ROOT } from "../root.ts";
import { Complaint, readSettings } from "../settings.ts";

/** A bulk of thousands is written to disk first, a delivery sent by hand may meet a slow mesh. */
const TIMEOUT_MS = 120_000;

export interface EmulatorCall {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: unknown;
}

const detailOf = (answer: unknown): string =>
  typeof answer === "object" && answer !== null && "detail" in answer
    ? String(answer.detail)
    : "The emulator refused.";

/** Asks the emulator of the mesh that the environment names. Throws `Complaint` if it says no. */
export const callEmulator = async ({ method, path, body }: EmulatorCall): Promise<unknown> => {
  const { lemonPort } = readSettings(process.env, ROOT);
  const response = await fetch(`http://127.0.0.1:${lemonPort}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Complaint(`No emulator on port ${lemonPort}: run npm start, or set LEMON_PORT.`);
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Complaint(detailOf(answer));
  return answer;
};
