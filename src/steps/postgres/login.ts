import { Socket } from 'node:net';
import type { Client } from 'pg';
import { messageOf } from '#errors.ts';
import {
  LOGIN_CANCELLED,
  type LoginOptions,
  type LoginResult,
  loginTimeoutMs,
} from '../database/held-connection.ts';
import { connectionIdentity, serverIdentity } from '../database/server-identity.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../database/url.ts';
import type { ConnectionFacts } from '../executor.ts';
import { nameOf } from '../wire/connect.ts';
import { notPostgres } from '../wire/service.ts';
import { hasCode, type LastWords, PostgresConnection } from './connection.ts';
import { isAnswer, postgresError } from './errors.ts';
import { type PostgresTls, readTls } from './tls.ts';

/** Facts that a server reports about a session. */
type SessionFacts = {
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
type ServerAnswer = { readonly question: string | undefined; readonly server: string };

/**
 * Queries the server's identity. A server that does not report one, or denies the query, is
 * identified by the connection alone. Rejects if the connection is lost.
 */
async function readServer(client: Client): Promise<ServerAnswer> {
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
async function readFacts(client: Client): Promise<SessionFacts | undefined> {
  try {
    return (await client.query<SessionFacts>(FACTS)).rows[0];
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

/** A session that has just logged in. */
export type NewSession = {
  readonly client: Client;
  /** The socket beneath TLS, if TLS is used. */
  readonly socket: Socket;
  readonly login: DatabaseLogin;
  readonly ssl: PostgresTls['ssl'];
  readonly processId: number;
  readonly secretKey: number;
  readonly lastWords: LastWords;
};

/** Makes the connection that is held of a session. Rejects if the session is lost. */
type Hold<Connection> = (session: NewSession) => Promise<Connection>;

/**
 * Logs in to PostgreSQL. If the URL does not require TLS, a server without it is tried unencrypted.
 */
export function loginToPostgres(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<PostgresConnection>> {
  return openPostgres(url, options, describe);
}

/**
 * Logs in by PostgreSQL's protocol like {@link loginToPostgres}, to the `database` if one is given
 * instead of the one that the URL names, and holds the session.
 */
export async function openPostgres<Connection>(
  url: string,
  options: LoginOptions & { readonly database?: string },
  hold: Hold<Connection>,
): Promise<LoginResult<Connection>> {
  const login = parseDatabaseLogin(url);
  if (login?.address.engine !== 'postgres')
    return { error: { kind: 'config', message: 'the URL is not a PostgreSQL URL' } };
  let tls: PostgresTls;
  try {
    tls = readTls(login.parameters, process.env);
  } catch (error) {
    return { error: { kind: 'config', phase: 'tls', message: messageOf(error) } };
  }
  const usesSocketFile = login.address.host.startsWith('/');
  const first = await attempt(login, usesSocketFile ? false : tls.ssl, options, hold);
  const refusesTls = first.error?.message === NO_TLS && tls.orPlain;
  return refusesTls ? attempt(login, false, options, hold) : first;
}

/** pg's message for a server without TLS. */
const NO_TLS = 'The server does not support SSL connections';

async function attempt<Connection>(
  login: DatabaseLogin,
  ssl: PostgresTls['ssl'],
  options: LoginOptions & { readonly database?: string },
  hold: Hold<Connection>,
): Promise<LoginResult<Connection>> {
  const { address, password, parameters } = login;
  const { signal } = options;
  const timeoutMs = loginTimeoutMs(parameters, options.connectTimeoutMs);
  const { default: pg } = await import('pg');
  if (signal.aborted) return { error: LOGIN_CANCELLED };
  const socket = new Socket();
  let greeting: Buffer = Buffer.alloc(0);
  socket.once('data', (chunk: Buffer) => {
    greeting = chunk.subarray(0, 80);
  });
  const client = new pg.Client({
    ...{ host: address.host, port: address.port, password, ssl },
    user: address.user ?? undefined,
    database: options.database ?? address.database ?? undefined,
    application_name: options.applicationName,
    options: parameters.options,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => socket,
  });
  // A connection lost while idle is noticed at its next use.
  const lastWords: LastWords = {};
  client.on('error', (error) => {
    lastWords.error ??= error;
  });
  const abort = () => socket.destroy(new Error('cancelled'));
  signal.addEventListener('abort', abort);
  // pg's own timer ends with the login; this one covers a server that stops answering after it.
  const timer = setTimeout(() => socket.destroy(new Error('timeout expired')), 2 * timeoutMs);
  try {
    await client.connect();
    // Every server sends both since protocol 3.0, but pg's types lack them.
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const session = { client, socket, login, ssl, processId: processID, secretKey, lastWords };
    return { connection: await hold(session) };
  } catch (error) {
    socket.destroy();
    if (signal.aborted) return { error: LOGIN_CANCELLED };
    const cause = hasCode(error) ? error : (lastWords.error ?? error);
    return { error: notPostgres(greeting, nameOf(address)) ?? postgresError(cause, 'connecting') };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

async function describe(session: NewSession): Promise<PostgresConnection> {
  const { client, socket, ssl, processId, secretKey, lastWords } = session;
  const { address } = session.login;
  const row = await readFacts(client);
  const { question: serverQuestion, server } = await readServer(client);
  const { host, port } = address;
  const facts: ConnectionFacts = {
    ...{ engine: 'postgres', host, port, tls: ssl !== false },
    server,
    version: row?.version ?? 'unknown',
    database: row?.database ?? address.database ?? '',
    user: row?.user ?? address.user ?? '',
    session: row?.session ?? processId,
    reserved: row?.reserved ?? false,
  };
  const cancelTarget = { host, port, ssl, processId, secretKey };
  // If the server does not report a session, assume a pooler: the safe choice.
  const isPooled = row?.session !== processId;
  return new PostgresConnection({
    ...{ client, socket, facts, serverQuestion, cancelTarget, lastWords, isPooled },
  });
}
