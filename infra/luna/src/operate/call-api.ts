import { ROOT } from "../root.ts";
import { Complaint, readSettings } from "../settings.ts";
import { operatorOf } from "./operator.ts";

/** Reconciling answers after some fifteen seconds, finished or not. */
const TIMEOUT_MS = 60_000;

/** One call of the admin API. */
export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: Readonly<Record<string, string | undefined>>;
  body?: unknown;
}

interface Answer {
  status: number;
  body: unknown;
}

/** Calls the mesh as an administrator. Throws `Complaint` when it is not there. */
export const callApi = async ({ method, path, query = {}, body }: Call): Promise<Answer> => {
  const operator = operatorOf(process.env, readSettings(process.env, ROOT));
  const url = new URL(operator.api + path);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  const authorization = `Bearer ${await operator.accessToken()}`;
  const response = await fetch(url, {
    method,
    headers: { authorization, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Complaint(`Nothing answers at ${operator.api}: run npm start, or set LUNA_API.`);
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
};

/** Calls and prints the answer as JSON; the exit code is 1 for a refusal. */
export const printApi = async (call: Call): Promise<number> => {
  const { status, body } = await callApi(call);
  if (body !== null) console.log(JSON.stringify(body, null, 2));
  return status < 400 ? 0 : 1;
};
