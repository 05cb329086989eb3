import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { messageOf } from '#errors.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../../database/url.ts';
import { isAnswer, postgresError } from '../../postgres/errors.ts';
import { Statement } from '../../postgres/statement.ts';
import { type PostgresTls, readTls } from '../../postgres/tls.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import { handshake, type Secured } from '../../wire/handshake.ts';
import { askPostgresForTls } from '../../wire/postgres-greeting.ts';
import { notPostgres, otherService } from '../../wire/service.ts';
import {
  type Login,
  type LoginFacts,
  offersNoTls,
  queryStage,
  unanswered,
  type WayIn,
} from './way-in.ts';

const GOODBYE_MS = 500;

/** Returns the login procedure for the PostgreSQL server of a URL, or an error. */
export function wayIntoPostgres(login: Login): WayIn {
  const parsed = parseDatabaseLogin(login.url);
  if (parsed?.address.engine !== 'postgres')
    return { error: { kind: 'config', message: 'the URL is not a PostgreSQL URL' } };
  const { host, port } = parsed.address;
  try {
    const tls = readTls(parsed.parameters, login.context.env);
    const isFile = host.startsWith('/');
    return {
      socketFile: isFile ? `${host}/.s.PGSQL.${port}` : undefined,
      logIn: (socket) => logIn(login, parsed, isFile ? PLAIN : tls, socket),
    };
  } catch (error) {
    return { error: { kind: 'config', phase: 'tls', message: messageOf(error) } };
  }
}

const PLAIN: PostgresTls = { ssl: false, orPlain: false };

async function logIn(
  login: Login,
  parsed: DatabaseLogin,
  tls: PostgresTls,
  socket: Socket,
): Promise<StepError | undefined> {
  const { stages, context, facts } = login;
  const secured = await secure(login, parsed, tls, socket);
  if (secured?.error !== undefined) return secured.error;
  facts.tls = secured !== undefined;
  facts.protocol = secured?.socket.getProtocol() ?? null;
  stages.enter('auth');
  const stream = secured?.socket ?? socket;
  const foreign = watchFirstBytes(stream, socket);
  const { default: pg } = await import('pg');
  const client = new pg.Client(optionsFor(parsed, context.applicationName, stream));
  client.on('error', () => {});
  try {
    await context.deadline.race(client.connect());
    if (!context.deadline.signal.aborted) return await query(client, login);
    return unanswered(login, socket);
  } catch (error) {
    if (context.deadline.signal.aborted) return unanswered(login, socket);
    return { ...(foreign.error ?? postgresError(error, 'connecting')), phase: 'auth' };
  } finally {
    const patience = delay(GOODBYE_MS, undefined, { ref: false });
    await context.deadline.race(Promise.race([client.end().catch(() => {}), patience]));
  }
}

/** Ends the connection if another service answers: pg waits, or does not report what it read. */
function watchFirstBytes(
  stream: Socket,
  socket: Socket,
): { readonly error: StepError | undefined } {
  const found: { error: StepError | undefined } = { error: undefined };
  const who = peerOf(socket);
  stream.once('data', (bytes: Buffer) => {
    if (notPostgres(bytes, who) === undefined) return;
    found.error = otherService(who, 'a PostgreSQL server', bytes);
    stream.destroy();
  });
  return found;
}

/** Returns the encrypted connection, or undefined if the login proceeds without TLS. */
async function secure(
  { stages, context }: Login,
  { address, parameters }: DatabaseLogin,
  tls: PostgresTls,
  socket: Socket,
): Promise<Secured | undefined> {
  if (tls.ssl === false) return undefined;
  const isDirect = parameters.sslnegotiation === 'direct';
  if (!isDirect) {
    stages.enter('greeting');
    const answer = await askPostgresForTls(socket, context.deadline);
    if (answer.error !== undefined) return answer;
    if (!answer.offered) return tls.orPlain ? undefined : { error: NO_TLS };
  }
  stages.enter('tls');
  const options = isDirect ? { ...tls.ssl, ALPNProtocols: ['postgresql'] } : tls.ssl;
  return handshake(socket, address.host, options, context.deadline);
}

const NO_TLS = offersNoTls(
  'Turn it on at the server: ssl = on with ssl_cert_file and ssl_key_file, then a reload; or at a pooler in between.',
);

function optionsFor(
  { address, password, parameters }: DatabaseLogin,
  applicationName: string,
  stream: Socket,
): ClientConfig {
  return {
    host: address.host,
    port: address.port,
    user: address.user ?? undefined,
    password,
    database: address.database ?? undefined,
    application_name: applicationName,
    options: parameters.options,
    ssl: false,
    sslnegotiation: 'postgres' as const,
    stream: () => alreadyConnected(stream),
  };
}

/** Makes a stream's `connect` succeed, since pg calls it on a stream that is already connected. */
function alreadyConnected(stream: Socket): Socket {
  return Object.assign(stream, {
    connect() {
      process.nextTick(() => stream.emit('connect'));
      return stream;
    },
  });
}

function query(client: Client, login: Login): Promise<StepError | undefined> {
  const { statement, context } = login;
  return queryStage(login, {
    read: () => read(client, statement, context.deadline.leftMs),
    readSession: () => readSession(client),
    errorOf: (error) => postgresError(error, 'query', statement),
  });
}

/**
 * Runs the author's statement in a read-only transaction, not as its first query: that one could
 * still make it writable.
 */
async function read(
  client: Client,
  statement: string | undefined,
  ms: number,
): Promise<LoginFacts['row']> {
  if (statement === undefined) return (await client.query<Row>('SELECT 1 AS one')).rows[0] ?? null;
  const timeout = Math.max(1, Math.floor(ms));
  await client.query(`BEGIN READ ONLY; SELECT set_config('statement_timeout', '${timeout}', true)`);
  const { rows } = await client.query(new Statement(statement, [], true)).result;
  await client.query('ROLLBACK');
  return rows[0] ?? null;
}

const SESSION = `
SELECT current_setting('server_version') AS version, current_user::text AS role,
  current_database()::text AS database, pg_backend_pid() AS session,
  pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') = 'on' AS read_only`;

/**
 * Reads the facts of a session. A pooler's console or a compatible server may not support the
 * query: then there are none.
 */
async function readSession(client: Client): Promise<Partial<LoginFacts>> {
  try {
    return (await client.query<LoginFacts>(SESSION)).rows[0] ?? {};
  } catch (error) {
    if (isAnswer(error)) return {};
    throw error;
  }
}
