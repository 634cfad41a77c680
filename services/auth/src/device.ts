import { sha256Hex } from "@luna/shared/bytes";
import type { Client } from "@luna/shared/rpc/caller";

/** In this order: the names of others contain those that follow. */
const BROWSERS = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS)\//],
  ["Safari", /\bSafari\//],
] as const;
const SYSTEMS = [
  ["iOS", /\b(?:iPhone|iPad|iPod)\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
] as const;
/** Programs name themselves first: `curl/8.5.0`. Letters only, since this text goes into a mail. */
const PROGRAM = /^([A-Za-z]{2,20})\//;

const nameIn = (userAgent: string, names: readonly (readonly [string, RegExp])[]) =>
  names.find(([, form]) => form.test(userAgent))?.[0];

/** `Firefox, Linux`, without versions; empty when nothing is known. */
export const deviceName = (userAgent: string): string => {
  const program = PROGRAM.exec(userAgent)?.[1];
  const browser = nameIn(userAgent, BROWSERS) ?? (program === "Mozilla" ? undefined : program);
  return [browser, nameIn(userAgent, SYSTEMS)].filter((name) => name !== undefined).join(", ");
};

/**
 * The provider's network rather than the household's: a phone changes its address all day, and a
 * warning for each would soon be read by nobody. IPv4 /16, IPv6 /32.
 */
const networkOf = (address: string): string => {
  const [first = "", second = ""] = address.split(address.includes(":") ? ":" : ".");
  return `${first}.${second}`;
};

/** By this a device is known again: its kind and network, as a digest that shows neither. */
export const deviceOf = async ({ userAgent, address }: Client): Promise<string> => {
  const digest = await sha256Hex(`device:${deviceName(userAgent)}:${networkOf(address)}`);
  return digest.slice(0, 16);
};
