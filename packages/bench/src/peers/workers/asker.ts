import type { Ask, SubjectForGateway } from "@luna/shared/rpc/subject";
import { answerOf, askText } from "@luna/shared/rpc/subject-text";

interface Env {
  SUBJECTS: { getByName(name: string): SubjectForGateway };
}

interface Question {
  userId: string;
  sessionId: string;
  times: number;
}

interface Questions {
  questions: Question[];
  unitsEach: number;
  inFlight: number;
}

/** An isolate that asks Subjects as a gateway does, without the HTTP around each question. */
export default {
  async fetch(request: Request, { SUBJECTS }: Env): Promise<Response> {
    const { questions, unitsEach, inFlight } = await request.json<Questions>();
    const results = questions.map(() => ({ admitted: 0, undecided: 0 }));
    const pending = questions.flatMap(({ times }, index) => Array<number>(times).fill(index));
    const ask = async (index: number): Promise<void> => {
      const question = questions[index];
      const result = results[index];
      if (question === undefined || result === undefined) return;
      const asked: Ask = {
        credential: { kind: "session", sessionId: question.sessionId, generation: 0 },
        limit: "plan",
        needs: "read",
        cost: unitsEach,
        mark: null,
        settled: [],
      };
      try {
        const answer = await SUBJECTS.getByName(question.userId).admit(askText(asked));
        if (answerOf(answer).admitted) result.admitted += 1;
      } catch {
        result.undecided += 1;
      }
    };
    const lane = async (): Promise<void> => {
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) await ask(next);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return Response.json(results);
  },
};
