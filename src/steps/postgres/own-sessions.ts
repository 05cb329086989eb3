import type { Row } from '#runbook/model/value.ts';
import type { OwnSessions, SessionAccess, SessionsOf } from '../database/session-access.ts';
import type { PostgresConnection } from './connection.ts';
import { loginToPostgres } from './executor.ts';
import { Flight } from './flight.ts';

const FIND = `SELECT pid, coalesce(state, 'unknown') AS state,
  (extract(epoch FROM clock_timestamp() - coalesce(state_change, backend_start)) * 1000)::int AS ms
FROM pg_catalog.pg_stat_activity WHERE application_name = $1 AND pid <> pg_catalog.pg_backend_pid()`;

/** Finds the sessions that report the name of a run. Rejects behind a pooler. */
async function ownSessions(
  connection: PostgresConnection,
  { applicationName }: SessionsOf,
): Promise<OwnSessions> {
  // The sessions of a pooler bear the name of whoever used them last.
  if (connection.isPooled) throw new Error('it is reached through a pooler');
  const ask = async (text: string): Promise<readonly Row[]> =>
    (await connection.send(new Flight({ text, values: [applicationName] }))).rows;
  return {
    find: async () =>
      (await ask(FIND)).map(({ pid, state, ms }) => ({
        ...{ session: Number(pid), state: String(state), ms: Number(ms) },
      })),
    end: () => ask(`SELECT pg_catalog.pg_terminate_backend(pid) AS ended FROM (${FIND}) AS own`),
  };
}

/** How the sessions of a run are ended on PostgreSQL. */
export const postgresSessions: SessionAccess<PostgresConnection> = {
  logIn: loginToPostgres,
  ownSessions,
};
