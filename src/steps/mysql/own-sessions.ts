import type { OwnSessions, SessionAccess, SessionsOf } from '../database/session-access.ts';
import type { MysqlConnection } from './connection.ts';
import { loginToMysql } from './executor.ts';

/** Sessions by the name that they reported; servers without the performance schema have none. */
const NAMED = (name: string) =>
  `SELECT PROCESSLIST_ID AS id FROM performance_schema.session_account_connect_attrs
   WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE = '${name}'`;

/**
 * Finds the sessions of a run: those that report its name, and those that it recorded on this very
 * server, which never gives a number twice.
 */
async function ownSessions(
  connection: MysqlConnection,
  { applicationName, recorded }: SessionsOf,
): Promise<OwnSessions> {
  const { server, session: own } = connection.facts;
  const known = recorded.filter((it) => it.server === server).map(({ session }) => session);
  const named = await connection.ask(NAMED(quoted(applicationName))).catch(() => []);
  const ids = new Set([...known, ...named.map(({ id }) => Number(id))]);
  ids.delete(own);
  const find = `SELECT ID AS id, COMMAND AS command, TIME AS s FROM information_schema.processlist WHERE ID IN (${[...ids].join(', ')})`;
  return {
    find: async () =>
      (ids.size === 0 ? [] : await connection.ask(find)).map(({ id, command, s }) => ({
        ...{ session: Number(id), state: String(command).toLowerCase(), ms: Number(s) * 1_000 },
      })),
    async end(found) {
      for (const { session } of found)
        await connection.ask(`KILL ${session}`).catch(() => undefined);
    },
  };
}

/** The name of a run has letters, digits, hyphens and a slash; anything else is left out. */
function quoted(name: string): string {
  return name.replace(/[^\w/-]/g, '');
}

/** How the sessions of a run are ended on MySQL and MariaDB. */
export const mysqlSessions: SessionAccess<MysqlConnection> = { logIn: loginToMysql, ownSessions };
