/** An answer of the size and shape of our `GET /v1/me`. */
export const ME = {
  id: "0001m7y3jpgnrvgc0nr727wehgh9",
  email: "0001m7y3jpgnrvgc0nr727wehgh9@bench.test",
  name: "Ada",
  avatarUrl: null,
  locale: "en",
  timezone: "UTC",
  role: "user",
  tier: "pro",
  subscriptionStatus: "active",
  createdAt: "2026-11-21T03:49:39.477Z",
  updatedAt: "2026-11-21T03:49:39.477Z",
};

/** Peers tell callers apart by a bare header, the cheapest way there is. */
export const callerOf = (request: Request): string => request.headers.get("x-user") ?? "";
