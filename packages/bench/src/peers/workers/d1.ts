import { userColumns } from "../../../../../services/users/src/user-row.ts";
import { callerOf } from "./me.ts";

/** The statements of `GET` and `PATCH /v1/me`, their texts put together once. */
const READ = `SELECT ${userColumns.text} FROM users WHERE id = ?`;
const WRITE = `
  UPDATE users SET (name) = (?), updated_at = MAX(?, updated_at + 1)
  WHERE id = ? AND (name) IS NOT (?)
  RETURNING ${userColumns.text}`;
const AUDIT = `
  INSERT INTO audit (id, at, actor, action, subject, detail, request_id)
  SELECT ?1, ?2, ?3, 'profile.changed', ?3, '{"fields":"name"}', ?1 WHERE changes() = 1`;

const batch = (db: D1Database, id: string, name: string) => {
  const now = Date.now();
  return db.batch([
    db.prepare(WRITE).bind(name, now, id, name),
    db.prepare(AUDIT).bind(crypto.randomUUID(), now, id),
  ]);
};

/** A Worker that does one D1 query for a GET and one batch for a PATCH, and nothing else. */
export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const id = callerOf(request);
    if (request.method === "GET") return Response.json(await DB.prepare(READ).bind(id).first());
    const { name } = await request.json<{ name: string }>();
    const [changed] = await batch(DB, id, name);
    return Response.json(changed?.results[0]);
  },
};
