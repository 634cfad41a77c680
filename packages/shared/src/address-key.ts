/** Expands `::` so that every group of an IPv6 address stands in its place; `null` if it cannot be one. */
const groupsOf = (address: string): string[] | null => {
  const [head = "", tail, ...rest] = address.split("::");
  if (rest.length > 0) return null;
  const before = head === "" ? [] : head.split(":");
  if (tail === undefined) return before.length === 8 ? before : null;
  const after = tail === "" ? [] : tail.split(":");
  const missing = 8 - before.length - after.length;
  return missing < 1 ? null : [...before, ...Array<string>(missing).fill("0"), ...after];
};

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What one customer of a network counts as: an IPv4 address, or the /64 of an IPv6 address, because a
 * household is given at least that much and could otherwise have a fresh bucket for every request.
 */
export const addressKey = (address: string): string => {
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  if (groups === null) return address;
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(":")}::/64`;
};
