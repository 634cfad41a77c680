import { openConnection } from "../load/connection.ts";
import { requestBytes } from "../load/request.ts";
import type { Mesh } from "../mesh/start-mesh.ts";
import { IN_FLIGHT, type Door } from "./door.ts";

interface Result {
  admitted: number;
  undecided: number;
}

const post = async (port: number, body: unknown): Promise<Result[]> => {
  const connection = await openConnection(port);
  try {
    const answer = await connection.ask(
      requestBytes({ method: "POST", path: "/", body: JSON.stringify(body) }),
    );
    const { body: text } = answer;
    return JSON.parse(text.slice(text.indexOf("["), text.lastIndexOf("]") + 1)) as Result[];
  } finally {
    connection.close();
  }
};

/** Isolates that ask the Subjects by RPC alone, for limits too large to reach through HTTP in a minute. */
export const askerDoor =
  (mesh: Mesh, unitsEach: number): Door =>
  async (questions, isolates) => {
    const ports = mesh.askerPorts.slice(0, isolates);
    const shares = ports.map((port, isolate) => ({
      port,
      body: {
        unitsEach,
        inFlight: IN_FLIGHT / ports.length,
        questions: questions.map(({ account, outcome: { asked } }) => ({
          userId: account.id,
          sessionId: account.sessionId,
          times: Math.floor(asked / isolates) + Number(isolate < asked % isolates),
        })),
      },
    }));
    const results = await Promise.all(shares.map(({ port, body }) => post(port, body)));
    let lost = 0;
    for (const [index, { outcome }] of questions.entries())
      for (const result of results) {
        const { admitted, undecided } = result[index] ?? { admitted: 0, undecided: 0 };
        outcome.admitted += admitted;
        outcome.asked -= undecided;
        lost += undecided;
      }
    return lost;
  };
