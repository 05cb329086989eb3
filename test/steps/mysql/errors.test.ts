import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';
import { isMysqlAnswer, mysqlError, syntaxErrorAt } from '#steps/mysql/errors.ts';

/** An error as mysql2 makes it of the server's; `code` is its own name for the number. */
function fromServer(errno: number, sqlMessage: string, sqlState = 'HY000', code?: string): Error {
  return Object.assign(new Error(sqlMessage), { code, errno, sqlState, sqlMessage });
}

/** An error of the operating system, of TLS or of mysql2 itself. */
function fromClient(code: string | undefined, message: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code, errno: -111 });
}

type NetworkCase = readonly [ErrorKind, ErrorPhase, string | undefined, string];

/** What mysql2 says for faults that were made for real. */
const NETWORK: readonly NetworkCase[] = [
  ['refused', 'tcp', 'ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5499'],
  ['refused', 'tcp', 'ENOENT', 'connect ENOENT /var/run/mysqld/mysqld.sock'],
  ['unreachable', 'tcp', 'EHOSTUNREACH', 'connect EHOSTUNREACH 127.0.0.1:5493'],
  ['unreachable', 'tcp', 'ENETUNREACH', 'connect ENETUNREACH 127.0.0.1:5488'],
  ['timeout', 'tcp', 'ETIMEDOUT', 'connect ETIMEDOUT'],
  ['timeout', 'tcp', 'PROTOCOL_SEQUENCE_TIMEOUT', 'Query inactivity timeout'],
  ['reset', 'tcp', 'ECONNRESET', 'read ECONNRESET'],
  [
    'reset',
    'tcp',
    'PROTOCOL_CONNECTION_LOST',
    'Connection lost: The server closed the connection.',
  ],
  ['reset', 'tcp', undefined, `Can't add new command when connection is in closed state`],
  ['dns', 'dns', 'ENOTFOUND', 'getaddrinfo ENOTFOUND db.nonexistent.invalid'],
  ['dns', 'dns', 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN servfail.example.com'],
  ['tls', 'tls', 'HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection'],
  ['tls', 'tls', 'HANDSHAKE_SSL_ERROR', 'self-signed certificate in certificate chain'],
  ['tls', 'tls', 'HANDSHAKE_SSL_ERROR', 'certificate has expired'],
  ['tls', 'tls', 'HANDSHAKE_SSL_ERROR', 'error:0A00042E:SSL routines:ssl3_read_bytes'],
  [
    'auth',
    'auth',
    'AUTH_SWITCH_PLUGIN_ERROR',
    'Server requests authentication using unknown plugin',
  ],
];

/** Findings put their own full stop behind a message. */
const withoutStop = (message: string) => message.replace(/\.$/, '');

test.each(NETWORK)('%s (%s) is said as %s %s', (kind, phase, code, message) => {
  const error = fromClient(code, message);
  expect(mysqlError(error, 'connecting')).toMatchObject({
    kind,
    phase,
    message: withoutStop(message),
  });
  expect(mysqlError(error, 'query')).toMatchObject({ kind, phase: 'query' });
  expect(isMysqlAnswer(error)).toBe(false);
});

type LoginCase = readonly [ErrorKind, number, string, state: string];

const LOGIN: readonly LoginCase[] = [
  ['auth', 1045, `Access denied for user 'app'@'localhost' (using password: YES)`, '28000'],
  ['auth', 1698, `Access denied for user 'root'@'localhost'`, '28000'],
  ['auth', 1130, `Host '10.77.0.1' is not allowed to connect to this MariaDB server`, 'HY000'],
  ['auth', 1129, `Host '10.77.0.1' is blocked because of many connection errors`, 'HY000'],
  ['auth', 4151, 'Access denied, this account is locked', 'HY000'],
  ['auth', 3118, `Access denied for user 'app'@'%'. Account is locked.`, 'HY000'],
  ['auth', 1820, 'You must SET PASSWORD before executing this statement', 'HY000'],
  ['auth', 1862, 'Your password has expired.', 'HY000'],
  ['auth', 1251, 'Client does not support authentication protocol requested by server', '08004'],
  ['auth', 1524, `Plugin 'mysql_native_password' is not loaded`, 'HY000'],
  [
    'tls',
    3159,
    'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
    'HY000',
  ],
  ['no_database', 1049, `Unknown database 'no_such_db'`, '42000'],
  ['no_permission', 1044, `Access denied for user 'app'@'%' to database 'no_such_db'`, '42000'],
  ['too_many_connections', 1040, 'Too many connections', '08004'],
  [
    'too_many_connections',
    1203,
    `User app already has more than 'max_user_connections' active connections`,
    '42000',
  ],
  [
    'too_many_connections',
    1226,
    `User 'limited' has exceeded the 'max_user_connections' resource (current value: 2)`,
    '42000',
  ],
  [
    'too_many_connections',
    1226,
    `User 'hourly' has exceeded the 'max_connections_per_hour' resource (current value: 1)`,
    '42000',
  ],
  [
    'too_many_connections',
    1226,
    `User 'busy' has exceeded the 'max_queries_per_hour' resource (current value: 3)`,
    '42000',
  ],
  ['starting_up', 1053, 'Server shutdown in progress', '08S01'],
  ['starting_up', 3032, 'The server is currently in offline mode', 'HY000'],
];

test.each(LOGIN)('%s at login is said as %i %s', (kind, number, message, state) => {
  expect(mysqlError(fromServer(number, message, state), 'connecting')).toMatchObject({
    kind,
    phase: 'auth',
    code: String(number),
    message: withoutStop(message),
  });
});

type QueryCase = readonly [ErrorKind, number, string, string, boolean];

const IN_USE: readonly QueryCase[] = [
  ['read_only', 1792, '25006', 'Cannot execute statement in a READ ONLY transaction', true],
  ['read_only', 1290, 'HY000', 'The MariaDB server is running with the --read-only option', true],
  ['read_only', 1290, 'HY000', 'running with the --super-read-only option', true],
  ['no_permission', 1290, 'HY000', 'running with the --secure-file-priv option', true],
  ['read_only', 1836, 'HY000', 'Running in read-only mode', true],
  ['lock', 1205, 'HY000', 'Lock wait timeout exceeded; try restarting transaction', true],
  ['lock', 1213, '40001', 'Deadlock found when trying to get lock', true],
  ['lock', 3572, 'HY000', 'Statement aborted because lock(s) could not be acquired', true],
  ['timeout', 1969, '70100', 'interrupted (max_statement_time exceeded)', true],
  ['timeout', 3024, 'HY000', 'maximum statement execution time exceeded', true],
  ['cancelled', 1317, '70100', 'Query execution was interrupted', true],
  ['no_permission', 1142, '42000', `SELECT command denied to user 'app'@'%'`, true],
  ['no_permission', 1227, '42000', 'you need (at least one of) the SUPER privilege(s)', true],
  ['no_permission', 1095, 'HY000', 'You are not owner of thread 7', true],
  ['no_permission', 1045, '28000', `Access denied for user 'app'@'%' (using password: YES)`, true],
  ['not_found', 1094, 'HY000', 'Unknown thread id: 7', true],
  ['not_found', 1146, '42S02', `Table 'appdb.orders' doesn't exist`, true],
  ['not_found', 1054, '42S22', `Unknown column 'new_col' in 'SELECT'`, true],
  ['not_found', 1305, '42000', 'FUNCTION x.f does not exist', true],
  ['no_database', 1046, '3D000', 'No database selected', true],
  ['syntax', 1064, '42000', 'You have an error in your SQL syntax', true],
  ['syntax', 1065, '42000', 'Query was empty', true],
  ['syntax', 1222, '21000', 'The used SELECT statements have a different number of columns', true],
  [
    'syntax',
    1295,
    'HY000',
    'This command is not supported in the prepared statement protocol yet',
    true,
  ],
  ['unknown', 1365, '22012', 'Division by 0', true],
  ['reset', 1927, '70100', 'Connection was killed', false],
  ['reset', 1053, '08S01', 'Server shutdown in progress', false],
  [
    'reset',
    4031,
    'HY000',
    'The client was disconnected by the server because of inactivity',
    false,
  ],
];

test.each(IN_USE)(
  '%s in use is said as %i (%s) %s; the server’s answer: %s',
  (kind, number, state, message, answer) => {
    const error = fromServer(number, message, state);
    expect(mysqlError(error, 'query')).toMatchObject({ kind, phase: 'query', message });
    expect(isMysqlAnswer(error)).toBe(answer);
  },
);

test('mysql2’s name for a number is not believed', () => {
  const name = 'ER_BULK_PARSER_INCOMPLETE_ESCAPE_SEQUENCE';
  const error = fromServer(4151, 'Access denied, this account is locked', 'HY000', name);
  expect(mysqlError(error, 'connecting')).toMatchObject({ kind: 'auth', code: '4151' });
});

test('a host with two addresses is told by the causes of its error', () => {
  const causes = ['::1', '127.0.0.1'].map((host) =>
    fromClient('ECONNREFUSED', `connect ECONNREFUSED ${host}:3306`),
  );
  expect(mysqlError(new AggregateError(causes, ''), 'connecting')).toMatchObject({
    kind: 'refused',
    code: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED ::1:3306; connect ECONNREFUSED 127.0.0.1:3306',
  });
});

test('an error of no known shape is told as it is', () => {
  expect(mysqlError('odd', 'connecting')).toEqual({
    kind: 'unknown',
    message: 'odd',
    phase: 'tcp',
  });
});

describe('who can still log in', () => {
  test.each([
    [1040, 'Too many connections', /CONNECTION_ADMIN .*SUPER.*extra_port.*33062/],
    [1203, `already has more than 'max_user_connections' active connections`, /^Only this account/],
    [1226, `exceeded the 'max_user_connections' resource`, /^Only this account/],
  ])('is told with %i', (number, message, hint) => {
    expect(mysqlError(fromServer(number, message), 'connecting').hint).toMatch(hint);
  });
});

describe('the place of a syntax error', () => {
  const says = (near: string, line: number) =>
    `You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '${near}' at line ${line}`;
  const long = `SELECT 1\nFROM x WHERE y = = 'é' AND ${'z AND '.repeat(30)} 1`;

  test.each([
    ['SELEC 1', says('SELEC 1', 1), 0],
    [`SELECT 1 FROM\n x WHERE a = = 'x'`, says(`= 'x'`, 2), 27],
    ['SELECT (1', says('', 1), 9],
    ['SELECT a a a a', says('a a', 1), 11],
    [long, says(long.slice(26, 106), 2), 26],
    [long, says(`${long.slice(26, 29)}\ufffd`, 2), 26],
    ['SELECT 1', says('something else', 1), undefined],
    ['SELECT 1', 'Unknown column', undefined],
  ])('%j', (statement, message, at) => {
    expect(syntaxErrorAt(message, statement)).toBe(at);
  });
});
