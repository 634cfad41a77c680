import { ROOT } from "../root.ts";
import { readServices } from "../service.ts";
import { readSettings } from "../settings.ts";
import { readSecrets } from "./local-secrets.ts";
import { SECRETS } from "./secret.ts";

/** Lists what each service needs and whether this machine has it; 1 if something is missing. */
export const checkSecrets = (): number => {
  const { stateDir } = readSettings(process.env, ROOT);
  const known = readSecrets(stateDir);
  let missing = 0;
  for (const { name: service, config } of readServices(ROOT)) {
    const required = config.secrets?.required ?? [];
    if (required.length > 0) console.log(service);
    for (const name of required) {
      const source =
        process.env[name] !== undefined ? "env" : known[name] === undefined ? "-" : "local";
      if (source === "-") missing += 1;
      console.log(`  ${source.padEnd(6)} ${name.padEnd(28)} ${SECRETS[name]?.what ?? ""}`);
    }
  }
  if (missing > 0) console.log(`${missing} missing here: npm start makes local ones.`);
  return missing === 0 ? 0 : 1;
};
