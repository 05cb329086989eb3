import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Connection, SslOptions } from 'mysql2';
import { messageOf } from '#errors.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { type MysqlAddress, parseMysqlUrl } from '../../mysql/address.ts';
import { askMysql, loggedIn, mysqlLogin } from '../../mysql/dial.ts';
import { mysqlError } from '../../mysql/errors.ts';
import { mysqlPreparation } from '../../mysql/preparation.ts';
import { type MysqlTls, readMysqlTls } from '../../mysql/tls.ts';
import { peerOf } from '../../wire/first-bytes.ts';
import { explainTls } from '../../wire/handshake.ts';
import { type Greeted, readMysqlGreeting } from '../../wire/mysql-greeting.ts';
import {
  type Login,
  type LoginFacts,
  offersNoTls,
  queryStage,
  unanswered,
  type WayIn,
} from './way-in.ts';

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
  const driver = mysql.createConnection({
    ...mysqlLogin(address, context.applicationName, socket),
    ...(ssl !== false && { ssl }),
  });
  driver.on('error', () => {});
  watchHandshake(driver, socket, login);
  try {
    await context.deadline.race(loggedIn(driver));
    if (context.deadline.signal.aborted) return unanswered(login, socket);
    return await query(driver, login, greeted.greeting.isMariadb);
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

const NO_TLS = offersNoTls(
  'Turn it on at the server: ssl_cert and ssl_key in its configuration, then a restart.',
);

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

function query(
  driver: Connection,
  login: Login,
  isMariadb: boolean,
): Promise<StepError | undefined> {
  const { statement, context } = login;
  const timeoutMs = Math.max(1, Math.floor(context.deadline.leftMs));
  const prepared =
    statement === undefined
      ? []
      : mysqlPreparation({ ...READ, timeoutMs }, isMariadb ? 'mariadb' : 'mysql');
  return queryStage(login, {
    read: () => read(driver, statement, prepared),
    readSession: () => readSession(driver),
    errorOf: (error) => mysqlError(error, 'query'),
  });
}

const READ: SqlAction = {
  kind: 'sql',
  target: '',
  text: '',
  values: [],
  readOnly: true,
  timeoutMs: 0,
  origin: [],
};

async function read(
  driver: Connection,
  statement = 'SELECT 1 AS one',
  prepared: readonly string[],
): Promise<Json> {
  for (const text of prepared) await askMysql(driver, text);
  const [row] = await askMysql(driver, statement);
  if (prepared.length > 0) await askMysql(driver, 'ROLLBACK');
  return row === undefined ? null : (JSON.parse(JSON.stringify(row)) as Json);
}

const SESSION = `
SELECT VERSION() AS version, CURRENT_USER() AS role, DATABASE() AS \`database\`,
  CONNECTION_ID() AS session, @@global.read_only AS read_only`;

type SessionRow = {
  readonly version: string;
  readonly read_only: number;
  readonly session: number;
};

async function readSession(driver: Connection): Promise<Partial<LoginFacts>> {
  const [row] = await askMysql<SessionRow>(driver, SESSION);
  return row === undefined ? {} : { ...row, read_only: Number(row.read_only) !== 0 };
}
