import { drive, once } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import type { Account } from "./make-accounts.ts";
import type { Mesh } from "./start-mesh.ts";

const KEY = /"key":"([^"]+)"/;
const BODY = JSON.stringify({ name: "bench" });

/** An API key for each account, made as a user would. */
export const makeKeys = async (mesh: Mesh, accounts: readonly Account[]): Promise<string[]> => {
  const keys: string[] = [];
  await drive({
    ports: mesh.ports,
    inFlight: 4,
    next: once(
      accounts.map(({ token }) =>
        requestBytes({ method: "POST", path: "/v1/api-keys", token, body: BODY }),
      ),
    ),
    seen: ({ status, body }) => {
      const key = KEY.exec(body)?.[1];
      if (key === undefined) throw new Error(`no API key was made: ${status} ${body}`);
      keys.push(key);
    },
  });
  return keys;
};
