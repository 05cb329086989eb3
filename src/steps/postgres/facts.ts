import type { Client } from 'pg';
import { connectionIdentity, serverIdentity } from '../database/server-identity.ts';
import { isAnswer } from './errors.ts';

/** What a server says about a session. */
export type SessionFacts = {
  readonly version: string;
  readonly database: string;
  readonly user: string;
  /** The process id of its backend. */
  readonly session: number;
  /** It holds a slot that is reserved for roles like its own. */
  readonly reserved: boolean;
};

/**
 * A role that may use reserved slots has used one when, with its own session counted, fewer slots
 * are free than are reserved. Roles that may not see others' sessions still see that there are any.
 */
const FACTS = `
SELECT current_setting('server_version') AS version, current_database()::text AS database,
  session_user::text AS "user", pg_backend_pid() AS session,
  (r.rolsuper OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'pg_use_reserved_connections'
                           AND pg_has_role(session_user, g.oid, 'USAGE')))
  AND (SELECT count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' OR backend_type IS NULL AND datid IS NOT NULL)
      > current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int AS reserved
FROM pg_roles r WHERE r.rolname = session_user`;

/** No other server has the same: replicas share the identifier, and start at moments of their own. */
const SINCE = `pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')`;

/** The questions by which servers can be told from each other, the best first. */
const SERVER_QUESTIONS = [
  `pg_catalog.concat_ws(' ', (SELECT system_identifier FROM pg_catalog.pg_control_system()), ${SINCE})`,
  `pg_catalog.concat_ws(' ', pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), ${SINCE})`,
];

/** Which server was reached, and the SQL expression that asks it again. */
export type ServerAnswer = { readonly question: string | undefined; readonly server: string };

/**
 * Asks which server this is. One that does not say, or may not be asked, is known by the connection
 * alone; rejects when that is lost.
 */
export async function readServer(client: Client): Promise<ServerAnswer> {
  for (const question of SERVER_QUESTIONS) {
    try {
      const { rows } = await client.query<{ server: string }>(`SELECT ${question} AS server`);
      const said = rows[0]?.server;
      if (typeof said === 'string') return { question, server: serverIdentity(said) };
    } catch (error) {
      if (!isAnswer(error)) throw error;
    }
  }
  return { question: undefined, server: connectionIdentity() };
}

/**
 * Asks the server about a session. Returns undefined when it does not know all that is asked, as the
 * console of a pooler and servers that only resemble PostgreSQL; rejects when the connection is lost.
 */
export async function readFacts(client: Client): Promise<SessionFacts | undefined> {
  try {
    return (await client.query<SessionFacts>(FACTS)).rows[0];
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}
