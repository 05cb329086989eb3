import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientConfig } from 'pg';
import { messageOf } from '#errors.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { type DatabaseLogin, parseDatabaseLogin } from '../../database/url.ts';
import { postgresError } from '../../postgres/errors.ts';
import { type PostgresTls, readTls } from '../../postgres/tls.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import { handshake, type Secured } from '../../wire/handshake.ts';
import { askPostgresForTls } from '../../wire/postgres-greeting.ts';
import { foreignServer } from '../../wire/postgres-refusal.ts';
import { otherService } from '../../wire/service.ts';
import { queryPostgres } from './postgres-query.ts';
import type { Login, WayIn } from './result.ts';

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
  const foreign = watchFirstBytes(stream, parsed, socket);
  const { default: pg } = await import('pg');
  const client = new pg.Client(optionsFor(parsed, context.applicationName, stream));
  client.on('error', () => {});
  try {
    await context.deadline.race(client.connect());
    if (!context.deadline.signal.aborted) return await queryPostgres(client, login);
    return unanswered(login, socket);
  } catch (error) {
    if (context.deadline.signal.aborted) return unanswered(login, socket);
    return { ...(foreign.error ?? postgresError(error, 'connecting')), phase: 'auth' };
  } finally {
    const patience = delay(GOODBYE_MS, undefined, { ref: false });
    await context.deadline.race(Promise.race([client.end().catch(() => {}), patience]));
  }
}

function unanswered({ context }: Login, socket: Socket): StepError {
  const message = `${peerOf(socket)} does not answer the login`;
  return context.deadline.error({
    phase: 'auth',
    message,
    hint: 'The server hangs or is overloaded.',
  });
}

/** Ends the connection if another service answers: pg waits, or does not report what it read. */
function watchFirstBytes(
  stream: Socket,
  { address }: DatabaseLogin,
  socket: Socket,
): { readonly error: StepError | undefined } {
  const found: { error: StepError | undefined } = { error: undefined };
  const who = peerOf(socket);
  stream.once('data', (bytes: Buffer) => {
    if (foreignServer(bytes.toString('latin1', 0, 80), address) === undefined) return;
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

const NO_TLS: StepError = {
  kind: 'tls',
  phase: 'tls',
  message: 'the server offers no TLS, and the URL asks for it',
  hint: 'Turn it on at the server: ssl = on with ssl_cert_file and ssl_key_file, then a reload; or at a pooler that stands in between. To go on without encryption is for the owner of the data to decide.',
};

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
