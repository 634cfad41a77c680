import type { Settings } from "../settings.ts";

/** What a newcomer needs next, at most 80 columns wide for the default ports. */
export const banner = (settings: Settings, admins: string, seconds: string): string => {
  const { port, mailPort, lemonPort } = settings;
  const rows = [
    ["API", `http://localhost:${port}`],
    ["Docs", `http://localhost:${port}/docs`],
    ["Mail", `http://localhost:${mailPort}  (every mail the mesh sends lands here)`],
    ["LemonSqueezy", `http://localhost:${lemonPort}  (emulator: checkout, portal, webhooks)`],
    ["Admin", admins === "" ? "ADMIN_EMAILS=you@example.com npm start, then sign up" : admins],
    ["Stop", "Ctrl-C"],
  ];
  const lines = rows.map(([name = "", value = ""]) => `  ${name.padEnd(14)}${value}`.slice(0, 80));
  return [``, `Luna Mesh ready in ${seconds} s`, ...lines, ``].join("\n");
};
