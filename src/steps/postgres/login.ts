import { Socket } from 'node:net';
import { messageOf } from '#errors.ts';
import {
  LOGIN_CANCELLED,
  type LoginOptions,
  type LoginResult,
  loginTimeoutMs,
} from '../database/held-connection.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../database/url.ts';
import { nameOf } from '../wire/connect.ts';
import { notPostgres } from '../wire/service.ts';
import { hasCode, type LastWords, type NewSession, type PostgresSession } from './connection.ts';
import { postgresError } from './errors.ts';
import { type PostgresTls, readTls } from './tls.ts';

/**
 * Logs in by PostgreSQL's protocol, to the `database` if one is given instead of the one that the
 * URL names, and describes the session. If the URL does not require TLS, a server without it is
 * tried unencrypted.
 */
export async function openPostgres<Session extends PostgresSession>(
  url: string,
  options: LoginOptions & { readonly database?: string },
  Session: new (session: NewSession) => Session,
): Promise<LoginResult<Session>> {
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
  const first = await attempt(login, usesSocketFile ? false : tls.ssl, options, Session);
  const refusesTls = first.error?.message === NO_TLS && tls.orPlain;
  return refusesTls ? attempt(login, false, options, Session) : first;
}

/** pg's message for a server without TLS. */
const NO_TLS = 'The server does not support SSL connections';

async function attempt<Session extends PostgresSession>(
  login: DatabaseLogin,
  ssl: PostgresTls['ssl'],
  options: LoginOptions & { readonly database?: string },
  Session: new (session: NewSession) => Session,
): Promise<LoginResult<Session>> {
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
    const ids = { processId: processID, secretKey };
    const connection = new Session({ client, socket, login, ssl, ...ids, lastWords });
    await connection.describe();
    return { connection };
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
