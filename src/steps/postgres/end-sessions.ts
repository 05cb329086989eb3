import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '#errors.ts';
import type { Row } from '#runbook/model/value.ts';
import type { EndedSession, SessionsOf } from '../end-sessions.ts';
import type { PostgresConnection } from './connection.ts';
import { loginToPostgres } from './login.ts';
import { Statement } from './statement.ts';

const LOOKS = 50;
const LOOK_MS = 100;

const FIND = `SELECT pid, coalesce(state, 'unknown') AS state,
  (extract(epoch FROM clock_timestamp() - coalesce(state_change, backend_start)) * 1000)::int AS ms
FROM pg_catalog.pg_stat_activity WHERE application_name = $1 AND pid <> pg_catalog.pg_backend_pid()`;

/**
 * Ends the sessions that a run has on a PostgreSQL server, except the one it does this with, and
 * resolves once the server has none of them any more. Their role may end them.
 */
export async function endPostgresSessions({
  url,
  reserveUrl,
  applicationName,
  clearing,
  signal,
}: SessionsOf): Promise<readonly EndedSession[]> {
  const options = { applicationName: clearing, connectTimeoutMs: 10_000, reserveUrl, signal };
  let login = await loginToPostgres(url, options);
  if (login.error?.kind === 'too_many_connections' && reserveUrl !== undefined)
    login = await loginToPostgres(reserveUrl, options);
  if (login.error !== undefined) return [unreached(login.error.message)];
  const { connection } = login;
  try {
    // Behind a pooler the sessions bear the name of whoever used them last.
    if (connection.isPooled) return [unreached('it is reached through a pooler')];
    return await endAll(connection, applicationName);
  } catch (error) {
    return [unreached(messageOf(error))];
  } finally {
    await connection.end();
  }
}

async function endAll(connection: PostgresConnection, applicationName: string) {
  const ask = async (text: string): Promise<readonly Row[]> =>
    (await connection.run(new Statement(text, [applicationName], true))).rows;
  const found = await ask(FIND);
  if (found.length === 0) return [];
  await ask(`SELECT pg_catalog.pg_terminate_backend(pid) AS ended FROM (${FIND}) AS own`);
  let left = await ask(FIND);
  for (let look = 1; left.length > 0 && look < LOOKS; look += 1) {
    await delay(LOOK_MS);
    left = await ask(FIND);
  }
  const stay = new Set(left.map(({ pid }) => pid));
  return found.map(({ pid, state, ms }) => ({
    session: Number(pid),
    state: String(state),
    ms: Number(ms),
    ...(stay.has(pid) ? { left: 'the server has not ended it yet' } : {}),
  }));
}

function unreached(left: string): EndedSession {
  return { state: 'unknown', left };
}
