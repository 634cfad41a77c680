import { figure, type Figure } from "../figure.ts";
import { drive, roundRobin } from "../load/drive.ts";
import { requestBytes } from "../load/request.ts";
import { IN_FLIGHT, type Stage } from "../stage.ts";

const ISOLATES = 4;

/** One credential far beyond its limit: the share of denials for which no object was asked. */
export const measureFlood = async (
  stage: Stage,
  print: (line: string) => void,
): Promise<Figure[]> => {
  const { mesh, accounts } = await stage.populate(
    { shell: "counting", gateways: ISOLATES },
    1,
    "free",
  );
  const requests = accounts.map(({ token }) => requestBytes({ path: "/v1/me", token }));
  const flood = (forMs: number) =>
    drive({ ports: mesh.ports, inFlight: IN_FLIGHT, next: roundRobin(requests), forMs });
  // The limit is spent before the count begins.
  await flood(stage.effort.sliceMs);
  await mesh.instruments.reset();
  const { statuses } = await flood(stage.effort.sliceMs * 2);
  const { doRequests } = await mesh.instruments.total();
  await mesh.stop();
  const denied = statuses[429] ?? 0;
  print(`  flood: ${JSON.stringify(statuses)}, ${doRequests} questions to the object`);
  return [figure("limiter.denied_without_rpc", 1 - doRequests / denied)];
};
