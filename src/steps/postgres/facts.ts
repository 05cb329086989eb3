import type { Client } from 'pg';
import { connectionIdentity, serverIdentity } from '../database/server-identity.ts';
import { isAnswer } from './errors.ts';

/** Facts that a server reports about a session. */
export type SessionFacts = {
  readonly version: string;
  readonly database: string;
  readonly user: string;
  /** The process ID of its backend. */
  readonly session: number;
  /** True if it holds a slot reserved for roles like its own. */
  readonly reserved: boolean;
};

/**
 * The query of the facts. A role that may use reserved slots has used one if, with its own session
 * counted, fewer slots are free than are reserved. Roles that may not see the details of other
 * sessions can still count them.
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

/** The start time of the server. Replicas share the system identifier, but not this. */
const SINCE = `pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')`;

/** The expressions that tell servers apart, best first. */
const SERVER_QUESTIONS = [
  `pg_catalog.concat_ws(' ', (SELECT system_identifier FROM pg_catalog.pg_control_system()), ${SINCE})`,
  `pg_catalog.concat_ws(' ', pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), ${SINCE})`,
];

/** The identity of the server, and the SQL expression that queries it again. */
export type ServerAnswer = { readonly question: string | undefined; readonly server: string };

/**
 * Queries the server's identity. A server that does not report one, or denies the query, is
 * identified by the connection alone. Rejects if the connection is lost.
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
 * Reads the facts of a session. Returns undefined if the server cannot answer, such as a pooler's
 * console or a compatible server. Rejects if the connection is lost.
 */
export async function readFacts(client: Client): Promise<SessionFacts | undefined> {
  try {
    return (await client.query<SessionFacts>(FACTS)).rows[0];
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}
