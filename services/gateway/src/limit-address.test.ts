import { describe, expect, it } from "vitest";

import { addressPolicy, limitAddress } from "./limit-address.ts";
import { client } from "./passage-for-tests.ts";

/** A binding that lets nobody pass and notes whom it was asked about. */
const closed = () => {
  const keys: string[] = [];
  const limit = ({ key }: { key: string }) => {
    keys.push(key);
    return Promise.resolve({ success: false });
  };
  return { keys, limit };
};

describe("an address", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::99", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
  ])("%s counts as %s", async (address, key) => {
    const binding = closed();
    await limitAddress(binding, { ...client, address }, 1);
    expect(binding.keys).toEqual([key]);
  });

  it("that has asked too often is told so, and for how long", async () => {
    expect(await limitAddress(closed(), client, 1)).toMatchObject({
      code: "rate_limited",
      headers: { "retry-after": "60", "ratelimit-policy": '"address";q=60;w=60' },
      extra: {
        type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
        "violated-policies": ["address"],
      },
    });
  });

  it("may do what the scale says", () => {
    expect(addressPolicy(2)).toEqual({ "ratelimit-policy": '"address";q=120;w=60' });
    expect(addressPolicy(0.001)).toEqual({ "ratelimit-policy": '"address";q=1;w=60' });
  });
});
