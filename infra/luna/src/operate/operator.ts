import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Complaint, type Settings } from "../settings.ts";

/** Where the public door is, and how an administrator passes it. */
export interface Operator {
  api: string;
  accessToken(): Promise<string>;
}

/** Only the owner of the clone may read it: it opens the local mesh for a quarter of an hour. */
const OWNER_ONLY = 0o600;
/** A token is not used in its last minute: the clock of the mesh may be another. */
const SAFETY_MS = 60_000;
/** Hashing a password takes a moment on a busy laptop. */
const TIMEOUT_MS = 20_000;

interface Kept {
  api: string;
  email: string;
  accessToken: string;
  expiresAt: number;
}

const read = (file: string): Kept | null => {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : null;
  } catch {
    return null;
  }
};

const signIn = async (api: string, email: string, password: string): Promise<Kept> => {
  const response = await fetch(`${api}/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    throw new Complaint(`Nothing answers at ${api}: run npm start, or set PORT or LUNA_API.`);
  });
  if (!response.ok)
    throw new Complaint(`${email} cannot sign in at ${api}: it answered ${response.status}.`);
  const tokens = (await response.json()) as { accessToken: string; expiresIn: number };
  const expiresAt = Date.now() + tokens.expiresIn * 1_000;
  return { api, email, accessToken: tokens.accessToken, expiresAt };
};

/** Signing in is limited, so one sign-in serves every command until its token ends. */
const keptOrNew = async (
  { stateDir }: Settings,
  api: string,
  email: string,
  password: string,
): Promise<string> => {
  const file = join(stateDir, "operator.json");
  const kept = read(file);
  if (kept?.api === api && kept.email === email && kept.expiresAt > Date.now() + SAFETY_MS)
    return kept.accessToken;
  const fresh = await signIn(api, email, password);
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, JSON.stringify(fresh), { mode: OWNER_ONLY });
  return fresh.accessToken;
};

/**
 * `LUNA_TOKEN` is an administrator's access token. Without one, and on a laptop, `LUNA_PASSWORD` is
 * the password of the first address in `ADMIN_EMAILS`. `LUNA_API` is the mesh; the local one if unset.
 */
export const operatorOf = (env: NodeJS.ProcessEnv, settings: Settings): Operator => {
  const api = (env["LUNA_API"] || `http://127.0.0.1:${settings.port}`).replace(/\/+$/, "");
  return {
    api,
    async accessToken() {
      if (env["LUNA_TOKEN"]) return env["LUNA_TOKEN"];
      const [email = ""] = (env["ADMIN_EMAILS"] ?? "").split(",").map((part) => part.trim());
      const password = env["LUNA_PASSWORD"] ?? "";
      if (email !== "" && password !== "") return keptOrNew(settings, api, email, password);
      throw new Complaint(
        "Who are you? Set LUNA_TOKEN to an administrator's access token, or ADMIN_EMAILS and LUNA_PASSWORD to sign in.",
      );
    },
  };
};
