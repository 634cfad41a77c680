import { sql, type Sql } from "@luna/shared/d1/sql";

/**
 * True for a row of `accounts` that has signed in from other devices, and never from this one, as
 * far as its sessions go back. An account without any has nothing to compare with.
 */
export const isUnfamiliar = (device: string, besides = ""): Sql => sql`
  (EXISTS (SELECT 1 FROM sessions
           WHERE account_id = accounts.id AND device IS NOT NULL AND sessions.id <> ${besides})
   AND NOT EXISTS (SELECT 1 FROM sessions
                   WHERE account_id = accounts.id AND device = ${device}
                     AND sessions.id <> ${besides}))`;

/** The same inside the batch that begins session `sessionId`, which must not count itself. */
export const beganUnfamiliar = (sessionId: string, device: string): Sql => sql`
  EXISTS (SELECT 1 FROM sessions AS begun JOIN accounts ON accounts.id = begun.account_id
          WHERE begun.id = ${sessionId} AND ${isUnfamiliar(device, sessionId)})`;
