import { ROOT } from "../root.ts";
import { findService, readServices } from "../service.ts";
import { Complaint } from "../settings.ts";
import { openGit } from "./git.ts";
import { firstDeploy, labelOf, releaseOf, shellLine } from "./release.ts";
import { runCommand } from "./run-command.ts";
import { smoke } from "./smoke.ts";

export interface DeployOptions {
  /** A JSON file of secrets; given for the first deploy ever. */
  first?: string;
}

/** Where the deployed mesh answers: API_URL, or what the gateway's configuration says. */
const publicUrl = (): string => {
  const declared = findService(readServices(ROOT), "gateway").config.vars?.["API_URL"];
  const url = process.env["API_URL"] ?? declared;
  if (typeof url !== "string" || url === "") throw new Complaint("Set API_URL to probe /health.");
  return url;
};

/**
 * Deploys one service and nothing else: its schema, its code, its triggers; then asks the mesh
 * whether it is well. Leaves the new version in place when it is not, and says how to go back.
 */
export const deploy = async (name: string, options: DeployOptions): Promise<number> => {
  const service = findService(readServices(ROOT), name);
  const git = openGit(ROOT);
  const head = git.commit("HEAD");
  if (head === null) throw new Complaint("There is no commit yet, so there is nothing to deploy.");
  const apiUrl = publicUrl();
  const release = releaseOf(service, labelOf(head, git.subject(head)), ROOT);
  if (release.migrate !== null) await runCommand(release.migrate);
  if (options.first === undefined) {
    await runCommand(release.upload);
    await runCommand(release.deploy);
    await runCommand(release.triggers);
  } else await runCommand(firstDeploy(service, options.first, ROOT));
  const trouble = await smoke(apiUrl, name);
  console.log(trouble === null ? `${name} is healthy.` : `${name} is ${trouble}.`);
  console.log(`To go back: ${shellLine(release.rollback)}`);
  return trouble === null ? 0 : 1;
};
