import type { Socket } from 'node:net';
import { messageOf } from '#errors.ts';
import { type Engine, type Protocol, protocolOf } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { reach, reachOne } from '../reach/reach.ts';
import { Stages } from '../reach/stages.ts';
import { Deadline } from '../wire/deadline.ts';
import { peerOf } from '../wire/first-bytes.ts';
import type { HeldSession } from './held-session.ts';
import { type DatabaseLogin, parseDatabaseLogin } from './url.ts';

/** The options of a login whose session is held. */
export type LoginOptions = {
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** Used to cancel a statement when no ordinary slot is free. */
  readonly reserveUrl: string | undefined;
  readonly signal: AbortSignal;
};

/** A connection, or the reason why there is none. */
export type LoginResult<Connection> =
  | { readonly connection: Connection; readonly error?: undefined }
  | { readonly connection?: undefined; readonly error: StepError };

/** A login in progress. */
export type Login = {
  readonly url: string;
  readonly applicationName: string;
  /** The environment that supplies `PGSSLMODE`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Logged in to instead of the database that the URL names. */
  readonly database?: string | undefined;
  readonly deadline: Deadline;
  readonly stages: Stages;
  /** Filled in along the way, so that a failed login still reports how far it got. */
  readonly found: LoginFound;
  /**
   * True if the session is held for statements. Otherwise the login is itself what is examined: a
   * silent server is asked on a second connection what it is.
   */
  readonly isHeld: boolean;
};

/** The facts of a login before the session is asked; null if not reached or not reported. */
type LoginFound = {
  address: string | null;
  /** The engine of the URL until the server reports its own. */
  engine: Engine;
  version: string | null;
  tls: boolean | null;
  /** The version of TLS. */
  protocol: string | null;
};

/** Returns a login to the server of a URL that has not begun. */
export function newLogin(login: Omit<Login, 'stages' | 'found'>): Login {
  const engine = parseDatabaseLogin(login.url)?.address.engine ?? 'postgres';
  const found = { engine, address: null, version: null, tls: null, protocol: null };
  return { ...login, stages: new Stages(), found };
}

/** Returns a login whose session is held. It may take as long as the URL's `connect_timeout`. */
export function heldLogin(
  url: string,
  { applicationName, connectTimeoutMs, signal }: LoginOptions,
  database?: string,
): Login {
  const seconds = Number(parseDatabaseLogin(url)?.parameters.connect_timeout);
  const deadline = new Deadline(seconds > 0 ? seconds * 1_000 : connectTimeoutMs, signal);
  return newLogin({ url, applicationName, database, deadline, env: process.env, isHeld: true });
}

/** Describes a session that has just logged in, within the time of its login. */
export async function describeHeld<Session extends HeldSession>(
  login: Login,
  { connection, error }: LoginResult<Session>,
): Promise<LoginResult<Session>> {
  if (error !== undefined) return { error: asHeld(error, login) };
  const problem = await authenticate(login, connection.describe(), (thrown) => ({
    ...connection.errorOf(thrown),
    phase: 'auth',
  }));
  if (problem === undefined) return { connection };
  connection.abandon();
  return { error: problem };
}

/** A step connects to the wrong place where a probe finds something unexpected. */
function asHeld(error: StepError, { stages: { current } }: Login): StepError {
  if (error.kind === 'unexpected')
    return current === 'tls'
      ? { ...error, kind: 'tls' }
      : { ...error, kind: 'config', phase: 'tcp' };
  const isBeforeTls = current === 'greeting' && error.phase === 'tls' && error.kind !== 'tls';
  return isBeforeTls ? { ...error, phase: 'tcp' } : error;
}

/** A connection to the server of a URL, or the reason why there is none. */
type ReachedServer<Tls> =
  | {
      readonly socket: Socket;
      readonly server: DatabaseLogin;
      readonly socketFile: string | undefined;
      readonly tls: Tls;
      readonly error?: undefined;
    }
  | { readonly error: StepError };

const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
};

/** How long one of several addresses is tried by a login that is held: the way Node does. */
const ATTEMPT_MS = 250;

/** Reads the URL of a login and connects to its server. The caller closes the socket. */
export async function reachServer<Tls>(
  { url, env, deadline, stages, found, isHeld }: Login,
  protocol: Protocol,
  readTls: (parameters: DatabaseLogin['parameters'], from: Login['env']) => Tls,
): Promise<ReachedServer<Tls>> {
  const server = parseDatabaseLogin(url);
  if (server === undefined || protocolOf(server.address.engine) !== protocol)
    return {
      error: { kind: 'config', message: `the URL is not a ${PROTOCOL_NAMES[protocol]} URL` },
    };
  let tls: Tls;
  try {
    tls = readTls(server.parameters, env);
  } catch (error) {
    return { error: { kind: 'config', phase: 'tls', message: messageOf(error) } };
  }
  const { host, port } = server.address;
  const socketFile = socketFileOf(protocol, server);
  const { socket, address, error } =
    socketFile === undefined
      ? await reach(host, port, deadline, stages, isHeld ? ATTEMPT_MS : undefined)
      : await reachOne([{ path: socketFile }], deadline, stages);
  if (error !== undefined) return { error };
  found.address = address;
  socket.setNoDelay(true).setKeepAlive(true, 10_000);
  return { socket, server, socketFile, tls };
}

function socketFileOf(
  protocol: Protocol,
  { address: { host, port }, parameters }: DatabaseLogin,
): string | undefined {
  const isPath = host.startsWith('/');
  if (protocol === 'postgres') return isPath ? `${host}/.s.PGSQL.${port}` : undefined;
  const named = parameters.socket ?? parameters.socketPath ?? parameters.unix_socket;
  return named ?? (isPath ? host : undefined);
}

/** Waits for the answers of a server until the deadline. Returns why they were not those hoped for. */
export async function authenticate(
  { deadline, stages }: Login,
  answers: Promise<unknown>,
  explain: (thrown: unknown) => StepError,
  socket?: Socket,
): Promise<StepError | undefined> {
  let error: StepError | undefined;
  await deadline.race(answers).catch((thrown: unknown) => {
    error = explain(thrown);
  });
  if (!deadline.signal.aborted) return error;
  const phase = stages.current === 'tls' ? 'tls' : 'auth';
  const who = socket === undefined ? 'the server' : peerOf(socket);
  const message = `${who} does not answer the ${phase === 'tls' ? 'TLS handshake' : 'login'}`;
  return deadline.error({
    phase,
    message,
    hint: 'The server hangs or is overloaded, or a pooler waits for the server behind it.',
  });
}

/** Returns the error of a server without TLS for a URL that requires it. */
export function offersNoTls(howToTurnItOn: string): StepError {
  return {
    kind: 'tls',
    phase: 'tls',
    message: 'the server offers no TLS, and the URL asks for it',
    hint: `${howToTurnItOn} Only the owner of the data can decide to connect without encryption.`,
  };
}
