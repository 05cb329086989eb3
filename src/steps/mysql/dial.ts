import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection, ConnectionOptions, TypedParameter } from 'mysql2';
import { messageOf } from '#errors.ts';
import { defined } from '#runbook/model/defined.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { LOGIN_CANCELLED, loginTimeoutMs } from '../database/held-connection.ts';
import { CLIENT_SSL } from '../wire/mysql-hello.ts';
import { type MysqlAddress, parseMysqlUrl } from './address.ts';
import { mysqlError } from './errors.ts';
import { LoginProgress } from './login-progress.ts';
import { type MysqlTls, readMysqlTls } from './tls.ts';

/** The options of a connection. */
export type MysqlDialOptions = {
  /** The `program_name` that the session reports to the server. */
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal;
};

/** A session that has just logged in. */
export type MysqlLink = {
  readonly driver: Connection;
  /** mysql2's constructors of typed values. */
  readonly parameter: TypedParameter;
  /** The socket beneath TLS, if TLS is used. Destroying it ends the session immediately. */
  readonly socket: Socket;
  readonly address: MysqlAddress;
  readonly isEncrypted: boolean;
};

/** The value made from a session, or the error that prevented it. */
type MysqlDialled<Made> =
  | { readonly made: Made; readonly error?: undefined }
  | { readonly made?: undefined; readonly error: StepError };

/** Uses a session within the time left of the login's. */
type Make<Made> = (link: MysqlLink) => Promise<Made>;

/** Logs in to MySQL or MariaDB and passes the session to `make`. */
export async function dialMysql<Made>(
  url: string,
  options: MysqlDialOptions,
  make: Make<Made>,
): Promise<MysqlDialled<Made>> {
  const address = parseMysqlUrl(url);
  if (address === undefined)
    return { error: { kind: 'config', message: 'the URL is not a MySQL or MariaDB URL' } };
  let tls: MysqlTls;
  try {
    tls = readMysqlTls(address.parameters);
  } catch (error) {
    return { error: { kind: 'config', phase: 'tls', message: messageOf(error) } };
  }
  return attempt(address, tls, options, make);
}

async function attempt<Made>(
  address: MysqlAddress,
  tls: MysqlTls,
  options: MysqlDialOptions,
  make: Make<Made>,
): Promise<MysqlDialled<Made>> {
  const { host, port, socketPath } = address;
  const { signal } = options;
  const timeoutMs = loginTimeoutMs(address.parameters, options.connectTimeoutMs);
  const { default: mysql } = await import('mysql2');
  if (signal.aborted) return { error: LOGIN_CANCELLED };
  const socket = newSocket(host);
  const progress = new LoginProgress(socket, address);
  const driver = mysql.createConnection({
    ...mysqlLogin(address, options.applicationName, socket),
    // Rows are lists, since columns may share a name.
    rowsAsArray: true,
    jsonStrings: true,
  });
  setTls(driver, tls, socketPath !== undefined);
  // A connection lost while idle is noticed at its next use.
  driver.on('error', () => {});
  const abort = () => socket.destroy();
  signal.addEventListener('abort', abort);
  let tooLate: StepError | undefined;
  const timer = setTimeout(() => {
    tooLate = progress.tooLate(timeoutMs, isShakingHands(driver));
    socket.destroy();
  }, timeoutMs);
  try {
    const connected = loggedIn(driver);
    socket.connect(socketPath === undefined ? { host, port } : { path: socketPath });
    await connected;
    const { TypedParameter: parameter } = mysql;
    const isEncrypted = streamOf(driver) instanceof TLSSocket;
    return { made: await make({ driver, parameter, socket, address, isEncrypted }) };
  } catch (error) {
    socket.destroy();
    if (signal.aborted) return { error: LOGIN_CANCELLED };
    return { error: tooLate ?? progress.foreignServer ?? mysqlError(error, 'connecting') };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/**
 * Returns mysql2's options of a session: values as the server's text if a JavaScript value would
 * lose precision; no code generated from column names; no local files for the server; and no
 * changed meaning of blanks in SQL.
 */
export function mysqlLogin(
  { host, port, socketPath, user, password, database }: MysqlAddress,
  applicationName: string,
  stream: Socket,
): ConnectionOptions {
  return {
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    ...defined({ user, password, database }),
    connectAttributes: { program_name: applicationName },
    stream,
    dateStrings: true,
    supportBigNumbers: true,
    disableEval: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
    connectTimeout: 0,
  };
}

/**
 * Creates a socket with `_host` set: without it, TLS compares the certificate of an IP address with
 * `localhost`.
 */
function newSocket(host: string): Socket {
  const socket = new Socket();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 10_000);
  return Object.assign(socket, { _host: host });
}

/** Resolves once the driver has logged in. Rejects with mysql2's error. */
export function loggedIn(driver: Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  driver.connect((error) => (error === null ? resolve() : reject(error)));
  return promise;
}

/** Runs a query of the executor itself and returns its rows. Rejects with mysql2's error. */
export function askMysql<Row>(driver: Connection, text: string): Promise<readonly Row[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Row[]>();
  driver.query(text, (error, rows) =>
    error === null ? resolve((Array.isArray(rows) ? rows : []) as Row[]) : reject(error),
  );
  return promise;
}

/**
 * Makes TLS depend on the greeting. mysql2 reads its TLS options after the greeting; if the server
 * has no TLS, or is on this machine, and the URL leaves it open, it gets none. A second connection
 * could meet a full server.
 */
function setTls(driver: Connection, { ssl, orPlain }: MysqlTls, isLocal: boolean): void {
  const server = driver as unknown as { readonly serverCapabilityFlags: number };
  const isNeedless = () => isLocal || (server.serverCapabilityFlags & CLIENT_SSL) === 0;
  Object.defineProperty(driver.config, 'ssl', {
    get: () => (orPlain && isNeedless() ? false : ssl),
  });
}

function streamOf(driver: Connection): Socket {
  return (driver as unknown as { readonly stream: Socket }).stream;
}

function isShakingHands(driver: Connection): boolean {
  const stream = streamOf(driver);
  return stream instanceof TLSSocket && stream.getFinished() === undefined;
}
