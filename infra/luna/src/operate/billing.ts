import { Complaint } from "../settings.ts";
import { callApi, printApi } from "./call-api.ts";

const BILLING = "/v1/admin/billing";
const eventPath = (id: string, verb: string): string =>
  `${BILLING}/events/${encodeURIComponent(id)}/${verb}`;

export interface Search {
  email?: string;
  order?: string;
  customer?: string;
}

/** What a customer bought, whose it is, and what waits for an owner. */
export const find = ({ email, order, customer }: Search): Promise<number> => {
  if ([email, order, customer].filter((given) => given !== undefined).length !== 1)
    throw new Complaint("Name one of --email, --order and --customer.");
  return printApi({ method: "GET", path: `${BILLING}/find`, query: { email, order, customer } });
};

/** One page of a list, as typed. */
export interface PageOptions {
  limit?: string;
  cursor?: string;
}

/** The inbox, newest first. */
export const events = (query: PageOptions & { state?: string }): Promise<number> =>
  printApi({ method: "GET", path: `${BILLING}/events`, query: { ...query } });

/** Gives the purchase of an unlinked event to a user. */
export const link = (event: string, user: string): Promise<number> =>
  printApi({ method: "POST", path: eventPath(event, "link"), body: { userId: user } });

/** Applies an event once more. */
export const replay = (event: string): Promise<number> =>
  printApi({ method: "POST", path: eventPath(event, "replay") });

/** Gives a user a plan for a while. `until` is a day or a moment; a day ends at midnight UTC. */
export const grant = (
  user: string,
  { plan, until, reason }: { plan: string; until: string; reason: string },
): Promise<number> => {
  const end = new Date(until);
  if (Number.isNaN(end.getTime())) throw new Complaint(`--until ${until} is not a time.`);
  const body = { plan, until: end.toISOString(), reason };
  return printApi({
    method: "POST",
    path: `/v1/admin/users/${encodeURIComponent(user)}/grants`,
    body,
  });
};

/** Plans that operators gave, newest first. */
export const grants = ({
  user: userId,
  ...query
}: PageOptions & { user?: string; state?: string }): Promise<number> =>
  printApi({ method: "GET", path: `${BILLING}/grants`, query: { userId, ...query } });

/** Takes a grant back. */
export const endGrant = (user: string, grantId: string): Promise<number> => {
  const [of, which] = [encodeURIComponent(user), encodeURIComponent(grantId)];
  return printApi({ method: "DELETE", path: `/v1/admin/users/${of}/grants/${which}` });
};

/** A walk of a big shop takes minutes, at 60 calls a minute. */
const POLL_MS = 5_000;

interface Report {
  id: string;
  state: "running" | "done" | "failed";
}

/** Compares with the provider, waits for the end, and prints what differed. */
export const reconcile = async ({ recent }: { recent: boolean }): Promise<number> => {
  const query = { scope: recent ? "recent" : "all" };
  let answer = await callApi({ method: "POST", path: `${BILLING}/reconcile`, query });
  while (answer.status < 400 && (answer.body as Report).state === "running") {
    await new Promise((done) => {
      setTimeout(done, POLL_MS);
    });
    const { id } = answer.body as Report;
    answer = await callApi({ method: "GET", path: `${BILLING}/reconcile/${id}` });
  }
  console.log(JSON.stringify(answer.body, null, 2));
  return answer.status < 400 && (answer.body as Report).state === "done" ? 0 : 1;
};

interface Rebuilt {
  objects: number;
  differences: unknown[];
  nextCursor: string | null;
}

/** Compares the tables with what is stored of deliveries and decisions, or makes them so. */
export const rebuild = async ({ repair }: { repair: boolean }): Promise<number> => {
  const all = { objects: 0, differences: [] as unknown[] };
  let cursor: string | undefined;
  do {
    const query = { repair: String(repair), cursor };
    const answer = await callApi({ method: "POST", path: `${BILLING}/rebuild`, query });
    if (answer.status >= 400) {
      console.log(JSON.stringify(answer.body, null, 2));
      return 1;
    }
    const page = answer.body as Rebuilt;
    all.objects += page.objects;
    all.differences.push(...page.differences);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  console.log(JSON.stringify(all, null, 2));
  return 0;
};
