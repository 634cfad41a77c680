/**
 * A name for data that changes together. Whoever changes the data gives its tags a new version, and
 * with it every entry made from that data gets a key nobody has stored under yet.
 */
export type Tag =
  | `user:${string}`
  | `email:${string}`
  | `api_key:${string}`
  | `team:${string}`
  | `user:${string}:${UserPart}`;

/** The parts of what belongs to a user that change on their own. */
export type UserPart = "permissions" | "subscription" | "usage" | "teams" | "workspaces";

/** A tag stands in tables and logs, so it must not be able to contain an address or a key. */
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** `:` separates, so `user:1:teams` must not also be the tag of a user called `1:teams`. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

const checked = (text: string, form: RegExp, what: string): string => {
  if (!form.test(text)) throw new TypeError(`a tag takes ${what}`);
  return text;
};
const id = (text: string) => checked(text, ID, "an id of letters, digits, - and _");
const hash = (text: string) => checked(text, SHA256_HEX, "a SHA-256 in lower-case hex");

/** Profile, role and status. @throws {TypeError} if `userId` is not an id */
export const userTag = (userId: string): Tag => `user:${id(userId)}`;

/** @param sha256Hex of the normalised address. @throws {TypeError} if it is anything else */
export const emailTag = (sha256Hex: string): Tag => `email:${hash(sha256Hex)}`;

/** @param sha256Hex of the key's secret. @throws {TypeError} if it is anything else */
export const apiKeyTag = (sha256Hex: string): Tag => `api_key:${hash(sha256Hex)}`;

export const userPermissionsTag = (userId: string): Tag => `user:${id(userId)}:permissions`;
export const userSubscriptionTag = (userId: string): Tag => `user:${id(userId)}:subscription`;
export const userUsageTag = (userId: string): Tag => `user:${id(userId)}:usage`;
export const userTeamsTag = (userId: string): Tag => `user:${id(userId)}:teams`;
export const userWorkspacesTag = (userId: string): Tag => `user:${id(userId)}:workspaces`;

/** A team's own row and its directory of members. @throws {TypeError} if `teamId` is not an id */
export const teamTag = (teamId: string): Tag => `team:${id(teamId)}`;
