import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2';
import { messageOf } from '#errors.ts';
import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import { type MysqlAddress, parseMysqlUrl } from '../../mysql/address.ts';
import { mysqlError } from '../../mysql/errors.ts';
import { type MysqlTls, readMysqlTls } from '../../mysql/tls.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import { explainTls } from '../../wire/handshake.ts';
import { type Greeted, readMysqlGreeting } from '../../wire/mysql-greeting.ts';
import { queryMysql } from './mysql-query.ts';
import type { Login, WayIn } from './result.ts';

/** Returns the login procedure for the MySQL or MariaDB server of a URL, or an error. */
export function wayIntoMysql(login: Login): WayIn {
  const address = parseMysqlUrl(login.url);
  if (address === undefined)
    return { error: { kind: 'config', message: 'the URL is not a MySQL or MariaDB URL' } };
  try {
    const tls = readMysqlTls(address.parameters);
    return {
      socketFile: address.socketPath,
      logIn: (socket) => logIn(login, address, tls, socket),
    };
  } catch (error) {
    return { error: { kind: 'config', phase: 'tls', message: messageOf(error) } };
  }
}

async function logIn(
  login: Login,
  address: MysqlAddress,
  tls: MysqlTls,
  socket: Socket,
): Promise<StepError | undefined> {
  const { stages, context, facts } = login;
  stages.enter('greeting');
  const greeted = await readMysqlGreeting(socket, context.deadline);
  if (greeted.error !== undefined) return greeted.error;
  facts.version = greeted.greeting.version;
  facts.engine = greeted.greeting.isMariadb ? 'mariadb' : 'mysql';
  const ssl = chooseTls(tls, greeted, address);
  if (ssl === undefined) return NO_TLS;
  stages.enter(ssl === false ? 'auth' : 'tls');
  // The driver reads the greeting itself. Without `_host` it compares a certificate with
  // `localhost` if the host is an address.
  socket.unshift(greeted.bytes);
  Object.assign(socket, { _host: address.host });
  const { default: mysql } = await import('mysql2');
  const driver = mysql.createConnection(optionsFor(address, ssl, context.applicationName, socket));
  driver.on('error', () => {});
  watchHandshake(driver, socket, login);
  try {
    await context.deadline.race(loggedIn(driver));
    if (context.deadline.signal.aborted) return unanswered(login, socket);
    return await queryMysql(driver, login, greeted.greeting.isMariadb);
  } catch (error) {
    if (context.deadline.signal.aborted) return unanswered(login, socket);
    if (stages.current === 'tls') return explainTls(error as Error, peerOf(socket));
    return { ...mysqlError(error, 'connecting'), phase: 'auth' };
  } finally {
    driver.end();
  }
}

/** Returns undefined if the URL requires TLS and the server does not offer it. */
function chooseTls(
  { ssl, orPlain }: MysqlTls,
  { greeting }: Greeted,
  { socketPath }: MysqlAddress,
): SslOptions | false | undefined {
  if (ssl === false || (orPlain && socketPath !== undefined)) return false;
  if (greeting?.offersTls) return ssl;
  return orPlain ? false : undefined;
}

const NO_TLS: StepError = {
  kind: 'tls',
  phase: 'tls',
  message: 'the server offers no TLS, and the URL asks for it',
  hint: 'Turn it on at the server: ssl_cert and ssl_key in its configuration, then a restart. To go on without encryption is for the owner of the data to decide.',
};

function optionsFor(
  { host, port, user, password, database }: MysqlAddress,
  ssl: SslOptions | false,
  applicationName: string,
  stream: Socket,
): ConnectionOptions {
  return {
    host,
    port,
    stream,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(ssl !== false && { ssl }),
    dateStrings: true,
    supportBigNumbers: true,
    disableEval: true,
    // The server may not read files of this machine.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: applicationName },
    connectTimeout: 0,
  };
}

/**
 * Records the end of the TLS handshake, which the driver starts on the greeting and does not
 * report.
 */
function watchHandshake(driver: Connection, socket: Socket, { stages, facts }: Login): void {
  const stream = () => (driver as unknown as { readonly stream: Socket }).stream;
  facts.tls = false;
  socket.once('data', () => {
    const secured = stream();
    if (!(secured instanceof TLSSocket)) return;
    secured.once('secureConnect', () => {
      facts.tls = true;
      facts.protocol = secured.getProtocol();
      stages.enter('auth');
    });
  });
}

function loggedIn(driver: Connection): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  driver.connect((error) => (error === null ? resolve() : reject(error)));
  return promise;
}

function unanswered({ context, stages }: Login, socket: Socket): StepError {
  const phase: ErrorPhase = stages.current === 'tls' ? 'tls' : 'auth';
  const what = phase === 'tls' ? 'the TLS handshake' : 'the login';
  const message = `${peerOf(socket)} does not answer ${what}`;
  return context.deadline.error({ phase, message, hint: 'The server hangs or is overloaded.' });
}
