import { LIMITS } from "@luna/shared/plans";
import type { Policy } from "@luna/shared/rate-limiter/policy";

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** One object to ask before an attempt, and what it must count. */
export interface Guard {
  /** Names the Throttle object. Never an address or an account in clear. */
  object: string;
  policies: Policy[];
}

const rolling = (name: string, limit: number, windowMs: number, scale: number): Policy => ({
  name,
  limit: Math.max(1, Math.round(limit * scale)),
  windowMs,
  kind: "rolling",
});

/** `account` and `network` are digests: what stands for a typed address, and where it was typed. */
export interface Attempt {
  account: string;
  network: string;
  scale: number;
}

/** The address first: it is what an attacker has least of, and it spares the account's owner. */
export const signInGuards = ({ account, network, scale }: Attempt): Guard[] => [
  {
    object: `network:${network}`,
    policies: [
      rolling("sign-in-address", LIMITS.signIn.perAddress, QUARTER_MS, scale),
      rolling(`sign-in-pair:${account}`, LIMITS.signIn.perAccountAndAddress, QUARTER_MS, scale),
    ],
  },
  {
    object: `account:${account}`,
    policies: [rolling("sign-in-account", LIMITS.signIn.perAccount, QUARTER_MS, scale)],
  },
];

export const signUpGuards = ({ network, scale }: Attempt): Guard[] => [
  {
    object: `network:${network}`,
    policies: [rolling("sign-up-address", LIMITS.signUpsPerHourAndAddress, HOUR_MS, scale)],
  },
];

/** Whether one more mail may go to the address that was typed, whoever types it from wherever. */
export const signUpMailGuards = ({ account, scale }: Attempt): Guard[] => [
  {
    object: `account:${account}`,
    policies: [rolling("sign-up-target", LIMITS.resets.perAccount, HOUR_MS, scale)],
  },
];

export const resetGuards = ({ account, network, scale }: Attempt): Guard[] => [
  {
    object: `network:${network}`,
    policies: [rolling("reset-address", LIMITS.resets.perAddress, HOUR_MS, scale)],
  },
  {
    object: `account:${account}`,
    policies: [rolling("reset-account", LIMITS.resets.perAccount, HOUR_MS, scale)],
  },
];

/** Per account, because each attempt may guess its password; per new address, to spare strangers. */
export const emailChangeGuards = (
  accountId: string,
  { account, network, scale }: Attempt,
): Guard[] => [
  {
    object: `network:${network}`,
    policies: [rolling("email-change-address", LIMITS.resets.perAddress, HOUR_MS, scale)],
  },
  {
    object: `id:${accountId}`,
    policies: [rolling("email-change-account", LIMITS.resets.perAccount, HOUR_MS, scale)],
  },
  {
    object: `account:${account}`,
    policies: [rolling("email-change-target", LIMITS.resets.perAccount, HOUR_MS, scale)],
  },
];

export const refreshGuards = (sessionId: string, scale: number): Guard[] => [
  {
    object: `session:${sessionId}`,
    policies: [rolling("refresh", LIMITS.refreshesPerMinuteAndSession, MINUTE_MS, scale)],
  },
];
