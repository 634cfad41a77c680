import { parseObject } from "../fault.ts";

/** The attributes a JSON:API request body brings, or none. */
export const attributesOf = (body: Buffer): Readonly<Record<string, unknown>> => {
  const data = parseObject(body.toString())?.["data"] as
    | { attributes?: Record<string, unknown> }
    | null
    | undefined;
  return data?.attributes ?? {};
};
