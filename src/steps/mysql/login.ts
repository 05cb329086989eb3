import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection, ConnectionOptions, SslOptions, TypedParameter } from 'mysql2';
import { defined } from '#runbook/model/defined.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { authenticate, type Login, offersNoTls, reachServer } from '../database/login.ts';
import type { DatabaseLogin } from '../database/url.ts';
import { peerOf } from '../wire/first-bytes.ts';
import { explainTls } from '../wire/handshake.ts';
import { readMysqlGreeting } from '../wire/mysql-greeting.ts';
import { mysqlError } from './errors.ts';
import { type MysqlTls, readMysqlTls } from './tls.ts';

/** A session that has just logged in. */
export type MysqlLink = {
  readonly driver: Connection;
  /** mysql2's constructors of typed values. */
  readonly parameter: TypedParameter;
  /** The socket beneath TLS, if TLS is used. Destroying it ends the session immediately. */
  readonly socket: Socket;
  readonly login: Login;
  readonly server: DatabaseLogin;
  /** The path of a socket file, or the host. */
  readonly host: string;
};

/** Logs in to MySQL or MariaDB, stage by stage. */
export async function logInToMysql(
  login: Login,
): Promise<{ link: MysqlLink; error?: undefined } | { link?: undefined; error: StepError }> {
  const reached = await reachServer(login, 'mysql', readMysqlTls);
  if (reached.error !== undefined) return reached;
  const { socket, server, socketFile, tls } = reached;
  const { stages, deadline, found } = login;
  const fail = (error: StepError) => {
    socket.destroy();
    return { error };
  };
  stages.enter('greeting');
  const greeted = await readMysqlGreeting(socket, deadline, { isAsked: !login.isHeld });
  if (greeted.error !== undefined) return fail(greeted.error);
  found.version = greeted.greeting.version;
  found.engine = greeted.greeting.isMariadb ? 'mariadb' : 'mysql';
  const ssl = chooseTls(tls, greeted.greeting.offersTls, socketFile);
  if (ssl === undefined) return fail(NO_TLS);
  stages.enter(ssl === false ? 'auth' : 'tls');
  // The driver reads the greeting itself. Without `_host` it compares a certificate with
  // `localhost` if the host is an address.
  socket.unshift(greeted.bytes);
  Object.assign(socket, { _host: server.address.host });
  const { default: mysql } = await import('mysql2');
  const driver = mysql.createConnection({
    ...optionsOf(login, server, socketFile),
    stream: socket,
    ...(ssl !== false && { ssl }),
  });
  // A connection lost while idle is noticed at its next use.
  driver.on('error', () => {});
  watchHandshake(driver, socket, login);
  const explain = (thrown: unknown): StepError =>
    stages.current === 'tls'
      ? explainTls(thrown as Error, peerOf(socket))
      : { ...mysqlError(thrown, 'connecting'), phase: 'auth' };
  const error = await authenticate(login, loggedIn(driver), explain, socket);
  if (error !== undefined) return fail(error);
  const host = socketFile ?? server.address.host;
  return { link: { driver, parameter: mysql.TypedParameter, socket, login, server, host } };
}

/** Returns undefined if the URL requires TLS and the server does not offer it. */
function chooseTls(
  { ssl, orPlain }: MysqlTls,
  isOffered: boolean,
  socketFile: string | undefined,
): SslOptions | false | undefined {
  if (ssl === false || (orPlain && socketFile !== undefined)) return false;
  if (isOffered) return ssl;
  return orPlain ? false : undefined;
}

const NO_TLS = offersNoTls(
  'Turn it on at the server: ssl_cert and ssl_key in its configuration, then a restart.',
);

/**
 * Returns mysql2's options of a session: rows as lists, since columns may share a name; values as
 * the server's text if a JavaScript value would lose precision; no code generated from column names;
 * no local files for the server; and no changed meaning of blanks in SQL.
 */
function optionsOf(
  { applicationName }: Login,
  { address, password }: DatabaseLogin,
  socketPath: string | undefined,
): ConnectionOptions {
  const { host, port, user, database } = address;
  return {
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    ...defined({ user: user ?? undefined, password, database: database ?? undefined }),
    connectAttributes: { program_name: applicationName },
    rowsAsArray: true,
    jsonStrings: true,
    dateStrings: true,
    supportBigNumbers: true,
    disableEval: true,
    multipleStatements: false,
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
    connectTimeout: 0,
  };
}

/**
 * Records the end of the TLS handshake, which the driver starts on the greeting and does not
 * report.
 */
function watchHandshake(driver: Connection, socket: Socket, { stages, found }: Login): void {
  const stream = () => (driver as unknown as { readonly stream: Socket }).stream;
  found.tls = false;
  socket.once('data', () => {
    const secured = stream();
    if (!(secured instanceof TLSSocket)) return;
    secured.once('secureConnect', () => {
      found.tls = true;
      found.protocol = secured.getProtocol();
      stages.enter('auth');
    });
  });
}

/** Resolves once the driver has logged in. Rejects with mysql2's error. */
function loggedIn(driver: Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  driver.connect((error) => (error === null ? resolve() : reject(error)));
  return promise;
}
