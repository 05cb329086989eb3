import { Socket } from 'node:net';
import type { Client } from 'pg';
import type { StepError } from '#runbook/model/step-error.ts';
import type { LoginOptions, LoginResult } from '../database/held-connection.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../database/url.ts';
import type { ConnectionFacts } from '../executor.ts';
import { foreignServer } from '../wire/postgres-refusal.ts';
import { PostgresConnection } from './connection.ts';
import { postgresError } from './errors.ts';
import { readFacts, readServer } from './facts.ts';
import { type PostgresTls, readTls } from './tls.ts';

/**
 * Logs in to PostgreSQL. If the URL does not require TLS, a server without it is tried unencrypted.
 */
export async function loginToPostgres(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<PostgresConnection>> {
  const login = parseDatabaseLogin(url);
  if (login?.address.engine !== 'postgres')
    return { error: { kind: 'config', message: 'the URL is not a PostgreSQL URL' } };
  let tls: PostgresTls;
  try {
    tls = readTls(login.parameters, process.env);
  } catch (error) {
    const { message } = error as Error;
    return { error: { kind: 'config', phase: 'tls', message } };
  }
  const usesSocketFile = login.address.host.startsWith('/');
  const first = await attempt(login, usesSocketFile ? false : tls.ssl, options);
  const refusesTls = first.error?.message === NO_TLS && tls.orPlain;
  return refusesTls ? attempt(login, false, options) : first;
}

/** pg's message for a server without TLS. */
const NO_TLS = 'The server does not support SSL connections';

async function attempt(
  login: DatabaseLogin,
  ssl: PostgresTls['ssl'],
  options: LoginOptions,
): Promise<LoginResult<PostgresConnection>> {
  const { address, password, parameters } = login;
  const { signal } = options;
  const timeoutMs = secondsOf(parameters.connect_timeout) ?? options.connectTimeoutMs;
  const { default: pg } = await import('pg');
  if (signal.aborted) return { error: CANCELLED };
  const socket = new Socket();
  let greeting = '';
  socket.once('data', (chunk: Buffer) => {
    greeting = chunk.toString('latin1', 0, 80);
  });
  const client = new pg.Client({
    ...{ host: address.host, port: address.port, password, ssl },
    user: address.user ?? undefined,
    database: address.database ?? undefined,
    application_name: options.applicationName,
    options: parameters.options,
    connectionTimeoutMillis: timeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => socket,
  });
  // A connection lost while idle is noticed at its next use.
  client.on('error', () => {});
  const abort = () => socket.destroy(new Error('cancelled'));
  signal.addEventListener('abort', abort);
  // pg's own timer ends with the login; this one covers a server that stops answering after it.
  const timer = setTimeout(() => socket.destroy(new Error('timeout expired')), 2 * timeoutMs);
  try {
    await client.connect();
    return { connection: await describe(client, socket, login, ssl) };
  } catch (error) {
    socket.destroy();
    if (signal.aborted) return { error: CANCELLED };
    return { error: foreignServer(greeting, address) ?? postgresError(error, 'connecting') };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

const CANCELLED: StepError = {
  kind: 'cancelled',
  message: 'ended by the operator before there was a connection',
};

function secondsOf(text: string | undefined): number | undefined {
  const seconds = Number(text);
  return seconds > 0 ? seconds * 1_000 : undefined;
}

async function describe(
  client: Client,
  socket: Socket,
  { address }: DatabaseLogin,
  ssl: PostgresTls['ssl'],
): Promise<PostgresConnection> {
  // Every server sends both since protocol 3.0, but pg's types lack them.
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const row = await readFacts(client);
  const { question: serverQuestion, server } = await readServer(client);
  const { host, port } = address;
  const facts: ConnectionFacts = {
    ...{ engine: 'postgres', host, port, tls: ssl !== false },
    server,
    version: row?.version ?? 'unknown',
    database: row?.database ?? address.database ?? '',
    user: row?.user ?? address.user ?? '',
    session: row?.session ?? processID,
    reserved: row?.reserved ?? false,
  };
  const cancelTarget = { host, port, ssl, processId: processID, secretKey };
  // If the server does not report a session, assume a pooler: the safe choice.
  const isPooled = row?.session !== processID;
  return new PostgresConnection({
    ...{ client, socket, facts, serverQuestion, cancelTarget, isPooled },
  });
}
