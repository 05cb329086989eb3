import type { Connection } from 'mysql2';
import type { LoginOptions, LoginResult } from '../database/held-connection.ts';
import { connectionIdentity, serverIdentity } from '../database/server-identity.ts';
import type { ConnectionFacts } from '../executor.ts';
import { MysqlConnection } from './connection.ts';
import { askMysql, dialMysql, type MysqlLink } from './dial.ts';
import { isMysqlAnswer } from './errors.ts';

type Cells = readonly unknown[];

/** Logs in to MySQL or MariaDB and reads the facts of the session. */
export async function loginToMysql(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<MysqlConnection>> {
  const { applicationName, reserveUrl } = options;
  const { made, error } = await dialMysql(url, options, async (link) => {
    const facts = await readFacts(link);
    const { question: serverQuestion, server } = await readServer(link, facts.engine);
    const session = link.driver.threadId;
    const cancelTarget = { url, reserveUrl, applicationName, session };
    return new MysqlConnection({
      ...link,
      facts: { ...facts, server },
      serverQuestion,
      cancelTarget,
    });
  });
  return error === undefined ? { connection: made } : { error };
}

async function readFacts({
  driver,
  address,
  isEncrypted,
}: MysqlLink): Promise<Omit<ConnectionFacts, 'server'>> {
  const [[version, database, user, session] = []] = await askMysql<Cells>(
    driver,
    'SELECT VERSION(), DATABASE(), USER(), CONNECTION_ID()',
  );
  return {
    engine: /mariadb/i.test(String(version)) ? 'mariadb' : 'mysql',
    version: /^[\d.]*\d/.exec(String(version))?.[0] ?? 'unknown',
    host: address.host,
    port: address.port,
    database: String(database ?? ''),
    user: String(user).replace(/@[^@]*$/, ''),
    tls: isEncrypted,
    session: Number(session),
    reserved: (await isReserved(driver, address.port).catch(unlessAnswered)) === true,
  };
}

/**
 * Returns the query of the server's start time, to the second: the current time minus the uptime.
 */
const STARTED = (schema: string) =>
  `(SELECT UNIX_TIMESTAMP() - VARIABLE_VALUE FROM ${schema}.global_status WHERE VARIABLE_NAME = 'Uptime')`;

/** The queries that tell the servers of an engine apart, best first. */
const SERVER_QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  mysql: [
    `SELECT CONCAT_WS(' ', @@server_uuid, @@hostname, @@port, ${STARTED('performance_schema')}) AS server`,
    `SELECT CONCAT_WS(' ', @@server_uuid, @@hostname, @@port) AS server`,
  ],
  mariadb: [
    `SELECT CONCAT_WS(' ', @@hostname, @@port, @@datadir, @@server_id, ${STARTED('information_schema')}) AS server`,
  ],
};

/**
 * Queries the server's identity. A server that does not report one, or denies the query, is
 * identified by the connection alone. Rejects if the connection is lost.
 */
async function readServer(
  { driver }: MysqlLink,
  engine: string,
): Promise<{ readonly question: string | undefined; readonly server: string }> {
  for (const question of SERVER_QUESTIONS[engine] ?? []) {
    const [[said] = []] = await askMysql<Cells>(driver, question).catch(unlessAnswered);
    if (typeof said === 'string') return { question, server: serverIdentity(said) };
  }
  return { question: undefined, server: connectionIdentity() };
}

/**
 * Returns no rows for a refused query, since a proxy or a compatible server may not support it.
 * Throws any other error.
 */
function unlessAnswered(error: unknown): readonly [] {
  if (isMysqlAnswer(error)) return [];
  throw error;
}

/**
 * Tells whether the session uses a reserved connection: one beyond `max_connections`, or one on the
 * extra or admin port.
 */
async function isReserved(driver: Connection, port: number): Promise<boolean> {
  const rows = [
    ...(await askMysql<Cells>(
      driver,
      `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'extra_port', 'admin_port')`,
    )),
    ...(await askMysql<Cells>(driver, `SHOW GLOBAL STATUS LIKE 'Threads_connected'`)),
  ];
  const { max_connections, extra_port, admin_port, Threads_connected } = Object.fromEntries(rows);
  const isFull = Number(Threads_connected) > Number(max_connections);
  return isFull || port === Number(extra_port) || port === Number(admin_port);
}
