import { figure } from "../figure.ts";
import { openConnection, type Connection } from "../load/connection.ts";
import { requestBytes } from "../load/request.ts";
import type { Section } from "./section.ts";

const COUNTS = [65, 1_000, 10_000] as const;
/** Sockets opened at once: a flood of connects would only measure the listen queue. */
const OPENING = 100;
/** How many of them have a request under way at a time. */
const ASKING = 64;

const inGroups = async <In, Out>(
  items: readonly In[],
  size: number,
  work: (item: In) => Promise<Out>,
): Promise<Out[]> => {
  const results: Out[] = [];
  for (let index = 0; index < items.length; index += size)
    results.push(...(await Promise.all(items.slice(index, index + size).map(work))));
  return results;
};

/** Many open connections at once, each of which then asks a limited route. */
export const connections: Section = {
  ids: ["connections.10000.server_errors"],
  async run({ spread, roomy }, print) {
    // workerd holds two descriptors for a connection: two processes share what one may not have.
    const doors = [await spread(), await roomy()].map(({ mesh, accounts }) => ({
      port: mesh.ports[0] ?? 0,
      requests: accounts.map(({ token }) => requestBytes({ path: "/v1/me", token })),
    }));
    const doorOf = (lane: number) => doors[lane % doors.length] ?? { port: 0, requests: [] };
    const figures = [];
    for (const count of COUNTS) {
      const lanes = Array.from({ length: count }, (_, lane) => lane);
      const open = await inGroups(lanes, OPENING, (lane) => openConnection(doorOf(lane).port));
      const statuses: Record<number, number> = {};
      let reopened = 0;
      const ask = async (connection: Connection, lane: number): Promise<void> => {
        const { requests } = doorOf(lane);
        const request = requests[lane % requests.length] ?? Buffer.alloc(0);
        const status = await connection
          .ask(request)
          // The server closes what is silent for long; like any client, open again and ask once more.
          .catch(async () => {
            reopened += 1;
            const again = await openConnection(doorOf(lane).port);
            open.push(again);
            return again.ask(request);
          })
          .then(
            (answer) => answer.status,
            () => 0,
          );
        statuses[status] = (statuses[status] ?? 0) + 1;
      };
      await inGroups(lanes, ASKING, (lane) => {
        const connection = open[lane];
        return connection === undefined ? Promise.resolve() : ask(connection, lane);
      });
      for (const connection of open) connection.close();
      const wrong = Object.entries(statuses)
        .filter(([status]) => status !== "200" && status !== "429")
        .reduce((sum, [, times]) => sum + times, 0);
      print(`  ${count} connections: ${JSON.stringify(statuses)}, ${reopened} opened again`);
      figures.push(figure(`connections.${count}.server_errors`, wrong, "answers"));
    }
    return figures;
  },
};
