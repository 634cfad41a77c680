import { drive, once } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";

const SET_COOKIE = /^set-cookie: *([^;\r\n]+)/gim;
const LANES = 8;

const cookiesOf = (head: string): string =>
  [...head.matchAll(SET_COOKIE)].map(([, pair]) => pair).join("; ");

/** Creates the accounts of a better-auth peer by its own sign-up; returns each one's cookies. */
export const signUpPeers = async (port: number, count: number): Promise<string[]> => {
  await drive({
    ports: [port],
    inFlight: 1,
    next: once([requestBytes({ method: "POST", path: "/setup", body: "{}" })]),
  });
  const cookies: string[] = [];
  const requests = Array.from({ length: count }, (_, index) =>
    requestBytes({
      method: "POST",
      path: "/api/auth/sign-up/email",
      body: JSON.stringify({
        email: `user${index}@bench.test`,
        name: "Ada",
        password: "correct horse",
      }),
    }),
  );
  await drive({
    ports: [port],
    inFlight: LANES,
    next: once(requests),
    seen: ({ status, head, body }) => {
      if (status !== 200) throw new Error(`better-auth refused a sign-up: ${status} ${body}`);
      cookies.push(cookiesOf(head));
    },
  });
  return cookies;
};
