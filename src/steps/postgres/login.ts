import type { Socket } from 'node:net';
import type { Client } from 'pg';
import type { StepError } from '#runbook/model/step-error.ts';
import { authenticate, type Login, offersNoTls, reachServer } from '../database/login.ts';
import type { DatabaseLogin } from '../database/url.ts';
import { peerOf } from '../wire/first-bytes.ts';
import { handshake, type Secured } from '../wire/handshake.ts';
import { askPostgresForTls } from '../wire/postgres-greeting.ts';
import { isOtherThanPostgres, otherService } from '../wire/service.ts';
import { postgresError } from './errors.ts';
import { type PostgresTls, readTls } from './tls.ts';

/** The error that announced the end of a session while no statement was waiting. */
export type LastWords = { error?: unknown };

/** A session by PostgreSQL's protocol that has just logged in. */
export type NewSession = {
  readonly client: Client;
  /** The socket beneath TLS, if TLS is used. */
  readonly socket: Socket;
  readonly login: Login;
  readonly server: DatabaseLogin;
  readonly processId: number;
  readonly secretKey: number;
  readonly lastWords: LastWords;
};

/** A connection that is ready for the first message of a client, encrypted if it has to be. */
type Opened =
  | {
      readonly stream: Socket;
      /** The socket beneath TLS, if TLS is used. */
      readonly socket: Socket;
      readonly server: DatabaseLogin;
      readonly error?: undefined;
    }
  | { readonly error: StepError };

/** Connects to the PostgreSQL server of a URL, with the encryption that it asks for. */
export async function openStream(login: Login): Promise<Opened> {
  const reached = await reachServer(login, 'postgres', readTls);
  if (reached.error !== undefined) return reached;
  const { socket, server, socketFile, tls } = reached;
  const secured = socketFile === undefined ? await secure(login, server, tls, socket) : undefined;
  if (secured?.error !== undefined) {
    socket.destroy();
    return secured;
  }
  login.found.tls = secured !== undefined;
  login.found.protocol = secured?.socket.getProtocol() ?? null;
  return { stream: secured?.socket ?? socket, socket, server };
}

/** Returns the encrypted connection, or undefined if the login proceeds without TLS. */
async function secure(
  { stages, deadline }: Login,
  { address, parameters }: DatabaseLogin,
  tls: PostgresTls,
  socket: Socket,
): Promise<Secured | undefined> {
  if (tls.ssl === false) return undefined;
  const isDirect = parameters.sslnegotiation === 'direct';
  if (!isDirect) {
    stages.enter('greeting');
    const answer = await askPostgresForTls(socket, deadline);
    if (answer.error !== undefined) return answer;
    if (!answer.offered) return tls.orPlain ? undefined : { error: NO_TLS };
  }
  stages.enter('tls');
  const options = isDirect ? { ...tls.ssl, ALPNProtocols: ['postgresql'] } : tls.ssl;
  return handshake(socket, address.host, options, deadline);
}

const NO_TLS = offersNoTls(
  'Turn it on at the server: ssl = on with ssl_cert_file and ssl_key_file, then a reload; or at a pooler in between.',
);

/** Logs in by PostgreSQL's protocol, stage by stage. */
export async function logInToPostgres(
  login: Login,
): Promise<{ session: NewSession; error?: undefined } | { session?: undefined; error: StepError }> {
  const opened = await openStream(login);
  if (opened.error !== undefined) return opened;
  const { stream, socket, server } = opened;
  login.stages.enter('auth');
  const foreign = watchFirstBytes(stream, socket);
  const { default: pg } = await import('pg');
  const { address, password, parameters } = server;
  const client = new pg.Client({
    ...{ host: address.host, port: address.port, password, ssl: false },
    user: address.user ?? undefined,
    database: login.database ?? address.database ?? undefined,
    application_name: login.applicationName,
    options: parameters.options,
    sslnegotiation: 'postgres',
    stream: () => alreadyConnected(stream),
  });
  // A connection lost while idle is noticed at its next use.
  const lastWords: LastWords = {};
  client.on('error', (error) => {
    lastWords.error ??= error;
  });
  const explain = (thrown: unknown): StepError => {
    const cause = hasCode(thrown) ? thrown : (lastWords.error ?? thrown);
    return { ...(foreign.error ?? postgresError(cause, 'connecting')), phase: 'auth' };
  };
  const error = await authenticate(login, client.connect(), explain, socket);
  if (error !== undefined) {
    socket.destroy();
    return { error };
  }
  // Every server sends both since protocol 3.0, but pg's types lack them.
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  return { session: { client, socket, login, server, processId: processID, secretKey, lastWords } };
}

/** Ends the connection if another service answers: pg waits, or does not report what it read. */
function watchFirstBytes(stream: Socket, socket: Socket): { readonly error?: StepError } {
  const found: { error?: StepError } = {};
  const who = peerOf(socket);
  stream.once('data', (bytes: Buffer) => {
    if (!isOtherThanPostgres(bytes)) return;
    found.error = otherService(who, 'a PostgreSQL server', bytes);
    stream.destroy();
  });
  return found;
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

/** Returns whether an error has a code, of the server or the system: pg's own complaints have none. */
export function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
