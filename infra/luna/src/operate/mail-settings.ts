import { printApi } from "./call-api.ts";

const MAIL = "/v1/admin/mail";

/** How many mails are in which state, and whether each transport takes mail. */
export const summary = (): Promise<number> => printApi({ method: "GET", path: `${MAIL}/summary` });

/** All mail goes through this one from now on; no deploy is needed. */
export const transport = (name: string): Promise<number> =>
  printApi({ method: "PUT", path: `${MAIL}/transport`, body: { transport: name } });

export const pause = (template: string, paused: boolean): Promise<number> =>
  printApi({
    method: "PUT",
    path: `${MAIL}/templates/${encodeURIComponent(template)}`,
    body: { paused },
  });

export const suppressions = (cursor: string | undefined): Promise<number> =>
  printApi({ method: "GET", path: `${MAIL}/suppressions`, query: { cursor } });

/** The address travels in the body: paths are logged. */
export const lift = (address: string): Promise<number> =>
  printApi({ method: "POST", path: `${MAIL}/suppressions/lift`, body: { address } });
