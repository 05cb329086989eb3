import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '#errors.ts';
import type { Row } from '#runbook/model/value.ts';
import type { EndedSession, SessionsOf } from '../end-sessions.ts';
import type { MysqlConnection } from './connection.ts';
import { loginToMysql } from './login.ts';

const LOOKS = 50;
const LOOK_MS = 100;

/** Sessions by the name that they reported; servers without the performance schema have none. */
const NAMED = (name: string) =>
  `SELECT PROCESSLIST_ID AS id FROM performance_schema.session_account_connect_attrs
   WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE = '${name}'`;

/**
 * Ends the sessions that a run has on a MySQL or MariaDB server, and resolves once the server has none
 * of them any more: those that report its name, and those that it recorded on this very server,
 * which never gives a number twice.
 */
export async function endMysqlSessions({
  url,
  reserveUrl,
  applicationName,
  clearing,
  recorded,
  signal,
}: SessionsOf): Promise<readonly EndedSession[]> {
  const options = { applicationName: clearing, connectTimeoutMs: 10_000, reserveUrl, signal };
  let login = await loginToMysql(url, options);
  if (login.error?.kind === 'too_many_connections' && reserveUrl !== undefined)
    login = await loginToMysql(reserveUrl, options);
  if (login.error !== undefined) return [{ state: 'unknown', left: login.error.message }];
  const { connection } = login;
  try {
    const { server, session: own } = connection.facts;
    const known = recorded.filter((it) => it.server === server).map(({ session }) => session);
    const named = await connection.command(NAMED(quoted(applicationName))).catch(() => []);
    const ids = new Set([...known, ...named.map(({ id }) => Number(id))]);
    ids.delete(own);
    return ids.size === 0 ? [] : await endAll(connection, [...ids]);
  } catch (error) {
    return [{ state: 'unknown', left: messageOf(error) }];
  } finally {
    await connection.end();
  }
}

async function endAll(connection: MysqlConnection, ids: readonly number[]) {
  const find = `SELECT ID AS id, COMMAND AS command, TIME AS s FROM information_schema.processlist WHERE ID IN (${ids.join(', ')})`;
  const found = await connection.command(find);
  for (const { id } of found) await connection.command(`KILL ${Number(id)}`).catch(() => undefined);
  let left: readonly Row[] = await connection.command(find);
  for (let look = 1; left.length > 0 && look < LOOKS; look += 1) {
    await delay(LOOK_MS);
    left = await connection.command(find);
  }
  const stay = new Set(left.map(({ id }) => Number(id)));
  return found.map(({ id, command, s }) => ({
    session: Number(id),
    state: String(command).toLowerCase(),
    ms: Number(s) * 1_000,
    ...(stay.has(Number(id)) ? { left: 'the server has not ended it yet' } : {}),
  }));
}

/** The name of a run has letters, digits, hyphens and a slash; anything else is left out. */
function quoted(name: string): string {
  return name.replace(/[^\w/-]/g, '');
}
