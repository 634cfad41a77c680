import { callerOf } from "./me.ts";

const READ = `
  SELECT id, email, name, avatar_url, locale, timezone, created_at, updated_at,
    (SELECT json_group_array(json_object('tier', tier, 'status', status, 'pause', pause,
                                         'renewsAt', renews_at, 'endsAt', ends_at))
     FROM subscriptions WHERE owner_kind = 'user' AND owner_id = users.id) AS subscriptions
  FROM users WHERE id = ?1`;
const WRITE = `UPDATE users SET name = ?2, updated_at = MAX(?3, updated_at + 1) WHERE id = ?1`;
const AUDIT = `
  INSERT INTO audit (id, at, actor, action, subject, detail, request_id)
  SELECT ?1, ?2, ?3, 'profile.changed', ?3, '{"fields":"name"}', ?1 WHERE changes() = 1`;

const batch = (db: D1Database, id: string, name: string) => {
  const now = Date.now();
  return db.batch([
    db.prepare(WRITE).bind(id, name, now),
    db.prepare(AUDIT).bind(crypto.randomUUID(), now, id),
    db.prepare(READ).bind(id),
  ]);
};

/** A Worker that does one D1 query for a GET and one batch like that of `PATCH /v1/me` for a PATCH. */
export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const id = callerOf(request);
    if (request.method === "GET") return Response.json(await DB.prepare(READ).bind(id).first());
    const { name } = await request.json<{ name: string }>();
    const [, , read] = await batch(DB, id, name);
    return Response.json(read?.results[0]);
  },
};
