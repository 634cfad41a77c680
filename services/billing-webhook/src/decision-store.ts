import type { Database, Row } from "@luna/shared/d1/database";
import { sql, type Sql } from "@luna/shared/d1/sql";

/** What somebody decided: the stamp is what `owners` keeps as `linked_by`. */
export interface Decision {
  stamp: string;
  /** The operator who linked, or the buyer who claimed. */
  actor: string;
  now: number;
}

/** Writes down what this very decision linked, where no rebuild of the tables reaches it. */
export const recordDecision = ({ stamp, actor, now }: Decision): Sql => sql`
  INSERT INTO decisions (object, object_id, owner_kind, owner_id, decided_by, decided_at, stamp)
  SELECT object, object_id, owner_kind, owner_id, ${actor}, ${now}, ${stamp}
  FROM owners WHERE linked_by = ${stamp}
  ON CONFLICT (object, object_id) DO NOTHING`;

/** A decision that the links do not follow; `owned` is whether they know another owner. */
type Ignored = Row & { object: string; objectId: string; owned: number };

export const decisionStore = (db: Database) => ({
  /** Decisions that the links do not follow. */
  ignored: (limit: number): Promise<Ignored[]> =>
    db.all<Ignored>(sql`
      SELECT decisions.object, decisions.object_id AS objectId, owners.owner_id IS NOT NULL AS owned
      FROM decisions LEFT JOIN owners USING (object, object_id)
      WHERE (owners.owner_kind, owners.owner_id) IS NOT (decisions.owner_kind, decisions.owner_id)
      ORDER BY decisions.object, decisions.object_id LIMIT ${limit}`),

  /**
   * Makes the links follow the decisions. Before anything else is linked: a person decides only about
   * what has no owner, so whatever reference would link it came later.
   */
  restore: () =>
    db.write(sql`
      INSERT INTO owners (object, object_id, owner_kind, owner_id, linked_by, linked_at)
      SELECT object, object_id, owner_kind, owner_id, stamp, decided_at FROM decisions WHERE TRUE
      ON CONFLICT (object, object_id) DO UPDATE SET
        owner_kind = excluded.owner_kind, owner_id = excluded.owner_id,
        linked_by = excluded.linked_by, linked_at = excluded.linked_at
      WHERE (owner_kind, owner_id) <> (excluded.owner_kind, excluded.owner_id)`),
});
