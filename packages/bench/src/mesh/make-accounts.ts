import type { Tier } from "@luna/shared/plans";
import { AUDIENCE } from "@luna/shared/token/claims";
import type { SigningKeys } from "@luna/shared/token/keys";
import { createSigner } from "@luna/shared/token/token-service";
import { newId } from "@luna/shared/id";

import { API_URL, type Mesh } from "./start-mesh.ts";

export interface Account {
  id: string;
  sessionId: string;
  email: string;
  token: string;
}

export interface AccountsOptions {
  count: number;
  tier: Tier;
  /** PHC text of a password, where the accounts are to sign in. */
  passwordHash?: string;
  now: number;
}

/** What it takes to write accounts and sign for them. */
type Accounting = Pick<Mesh, "database" | "secrets">;

/** Statements of one batch: enough to be fast, few enough for one message. */
const BATCH = 500;
const DAY_MS = 86_400_000;
/** Far longer than the real ones live: a run may move the clock by hours. */
const TOKEN_MS = DAY_MS;

type Row = readonly (string | number | null)[];

const insert = async (
  database: Awaited<ReturnType<Mesh["database"]>>,
  text: string,
  rows: readonly Row[],
): Promise<void> => {
  const statement = database.prepare(text);
  for (let index = 0; index < rows.length; index += BATCH)
    await database.batch(rows.slice(index, index + BATCH).map((row) => statement.bind(...row)));
};

const signAll = async (
  mesh: Accounting,
  accounts: readonly Omit<Account, "token">[],
  now: number,
): Promise<Account[]> => {
  const sign = createSigner(JSON.parse(mesh.secrets["TOKEN_KEYS"] ?? "") as SigningKeys);
  const iat = Math.floor(now / 1_000);
  const exp = iat + TOKEN_MS / 1_000;
  return Promise.all(
    accounts.map(async (account) => ({
      ...account,
      token: await sign({
        iss: API_URL,
        aud: AUDIENCE,
        sub: account.id,
        sid: account.sessionId,
        gen: 0,
        role: "user",
        iat,
        nbf: iat,
        exp,
      }),
    })),
  );
};

/**
 * Accounts as sign-up, confirmation and billing would leave them, written straight into the
 * databases: through the front door a thousand passwords would cost half a minute.
 */
export const makeAccounts = async (
  mesh: Accounting,
  options: AccountsOptions,
): Promise<Account[]> => {
  const { count, tier, passwordHash = "", now } = options;
  const accounts = Array.from({ length: count }, () => {
    const id = newId(now);
    return { id, sessionId: newId(now), email: `${id.toLowerCase()}@bench.test` };
  });
  await insert(
    await mesh.database("auth"),
    `INSERT INTO accounts (id, email, email_key, password_hash, created_at, updated_at)
     VALUES (?1, ?2, ?2, ?3, ?4, ?4)`,
    accounts.map(({ id, email }) => [id, email, passwordHash, now]),
  );
  await insert(
    await mesh.database("auth"),
    `INSERT INTO sessions (id, account_id, generation, created_at, rotated_at, idle_expires_at,
                           absolute_expires_at, user_agent, address)
     VALUES (?1, ?2, 0, ?3, ?3, ?4, ?4, '', '')`,
    accounts.map(({ id, sessionId }) => [sessionId, id, now, now + DAY_MS]),
  );
  const users = await mesh.database("users");
  await insert(
    users,
    `INSERT INTO users (id, email, name, locale, created_at, updated_at)
     VALUES (?1, ?2, 'Ada', 'en', ?3, ?3)`,
    accounts.map(({ id, email }) => [id, email, now]),
  );
  if (tier !== "free")
    await insert(
      users,
      `INSERT INTO subscriptions (provider, provider_id, owner_kind, owner_id, tier, status,
                                  epoch, seq, updated_at)
       VALUES ('lemonsqueezy', ?1, 'user', ?1, ?2, 'active', 0, 1, ?3)`,
      accounts.map(({ id }) => [id, tier, now]),
    );
  return signAll(mesh, accounts, now);
};
