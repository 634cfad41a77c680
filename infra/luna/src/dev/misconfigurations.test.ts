import { expect, it } from "vitest";

import { misconfigurations } from "./misconfigurations.ts";

const said = (service: string, variable: string, problem: string): string =>
  `[${service}] ${JSON.stringify({ level: "error", message: "misconfigured", service, variable, problem })}`;

it("tells each variable once, with everybody who refuses it", () => {
  const wrong = misconfigurations();
  for (const line of [
    "⎔ Ready",
    '[auth] {"level":"info","message":"request","path":"/health","status":200}',
    said("mailer", "MAIL_SEAL_KEYS", "is not JSON"),
    said("auth", "MAIL_SEAL_KEYS", "is not JSON"),
    said("auth", "MAIL_SEAL_KEYS", "is not JSON"),
    said("gateway", "CORS_ORIGINS", "must be origins such as https://app.example.com"),
  ])
    wrong.read(line);
  expect(wrong.told()).toEqual([
    "MAIL_SEAL_KEYS is not JSON (auth, mailer)",
    "CORS_ORIGINS must be origins such as https://app.example.com (gateway)",
  ]);
});

it("is silent about a line that only looks like it", () => {
  const wrong = misconfigurations();
  wrong.read('[auth] {"message":"misconfigured"');
  wrong.read('[auth] {"message":"request","path":"\\"message\\":\\"misconfigured\\""}');
  expect(wrong.told()).toEqual([]);
});
