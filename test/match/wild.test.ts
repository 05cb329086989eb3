import { expect, test } from 'vitest';
import { CATEGORIES, type Category } from '#match/category.ts';
import { createClassifier } from '#match/classify.ts';
import { noiseLines } from '../fixtures/match/noise-lines.ts';
import { wildTexts } from '../fixtures/match/wild-texts.ts';

const { classify } = createClassifier();
const halves = wildTexts();

// The texts are not printed: whoever reads the kept half has spent it.
test.each([
  ['open', 0.95],
  ['kept', 0.92],
] as const)('of the %s half of what real users were shown, at least %d is right', (half, floor) => {
  const lines = halves[half];
  const right = lines.filter(({ text, category }) => classify(text).category === category);
  expect(lines.length).toBeGreaterThan(100);
  expect(right.length / lines.length).toBeGreaterThanOrEqual(floor);
});

test('the labels of the wild texts are categories, and every text has its origin', () => {
  const all = [...halves.open, ...halves.kept];
  expect(all.filter(({ category }) => !(category in CATEGORIES))).toEqual([]);
  expect(
    all.filter(({ client }) => !/^(?:https?:\/\/|[\w.-]+\/[\w.-]+#\d+$)/.test(client)),
  ).toEqual([]);
});

test('fewer than 30 of 67,000 lines of systems without a database are taken for an incident', () => {
  const lines = noiseLines();
  const wrong = lines.filter((line) => classify(line).category !== 'none');
  expect(lines).toHaveLength(67_000);
  expect(wrong.length, [...new Set(wrong)].slice(0, 9).join('\n')).toBeLessThan(30);
});

test.each([
  'could not ping DB',
  'Error establishing a database connection',
  'failed to connect to the datastore',
  'MySQL server is not available',
])('a sentence with a failure and a database is a weak sign: %s', (text) => {
  expect(classify(text)).toMatchObject({ category: 'connection-refused', weak: true });
});

test.each<[Category, readonly string[]]>([
  [
    'pool-exhaustion',
    [
      'db: unable to check out a connection within 60s, the pool has nothing left',
      'no free connection in the pool of the orders database',
      'database connection pool starved',
    ],
  ],
  ['too-many-connections', ['the limit of 100 connections for database shop has been reached']],
  [
    'auth-failure',
    [
      'user "app" has no permissions for database "shop"',
      'login failed for user app on database shop',
      'the password of the mysql account must not be empty',
    ],
  ],
  [
    'stale-connection',
    [
      'the database connection went away',
      'Connection to the database was lost: connection to postgres failed',
      'database connection has been invalidated',
      'com.jolbox.bonecp.ConnectionHandle: Database access problem. Killing off this connection',
    ],
  ],
  [
    'migration',
    [
      'the database schema is not up to date',
      'the current database schema version is 12, expected 14',
      'could not find table "settings" in the database',
    ],
  ],
  [
    'config-error',
    [
      'the server does not support dialect postgress',
      'database configuration is missing: DB_HOST',
      'mysql: DB_PASSWORD is not set',
      'no "host" in the database config',
    ],
  ],
  ['connection-timeout', ['failed to connect to the postgres server: deadline exceeded']],
  ['query-timeout', ['query exceeded the maximum execution time of 30000 ms on mysql-1']],
  ['dns-failure', ['the host "db.internal" of the database could not be resolved']],
  ['failover-read-only', ['could not find a writable node for the database, no primary']],
  ['server-not-ready', ['postgres is still starting up, try later']],
  [
    'connection-refused',
    [
      'failed to make a persistent db connection',
      'Failed to acquire connection to jdbc:mysql://db/shop. Sleeping for 7000 ms',
      'Database health check failed',
    ],
  ],
])('a sentence that nobody has listed tells %s by what failed', (category, sentences) => {
  for (const text of sentences)
    expect(classify(text), text).toMatchObject({ category, weak: true });
});

test.each([
  "2026-11-20 08:14:02 UTC [12] DETAIL:  Parameters: $1 = '7', $2 = 'timeout while connecting to the database'",
  "2026-11-20 08:14:02 UTC [12] DETAIL:  parameters: $1 = 'connection to postgres failed'",
])('the values of a statement are not what happened: %s', (text) => {
  expect(classify(text).category).toBe('none');
});

test.each([
  'Migrations complete. No pending changes.',
  'env DB_PASSWORD is set (masked), using mysql',
  'missing image in the table of product 12, database untouched',
  'Timeout for checkout session set to 30 min, stored in database',
  'postgres: undefined index in view, the database was not asked',
  'job for mysql backup queued',
  'connected to mysql, took longer than usual: 1.2 s',
  'Will assume transactional DDL. (alembic)',
  'Successfully released change log lock',
  'mysql dump completed; foreign key constraint checks enabled again',
])('an ordinary line that names a database is none: %s', (text) => {
  expect(classify(text).category).toBe('none');
});

test.each([
  'failed to open database /var/cache/man/index.db',
  'could not connect to the printer',
  'database ready, 3 connections',
  'unable to connect to mongo database',
])('a sentence that lacks one of them is none: %s', (text) => {
  expect(classify(text).category).toBe('none');
});

test.each<[string, Category]>([
  ['ERROR 1045 (28000): жжж', 'auth-failure'],
  ['mysql: errno: 1045 жжж', 'auth-failure'],
  ['pymysql.err.OperationalError: (1045, "жжж")', 'auth-failure'],
  ['SQLSTATE[HY000] [2002] жжж', 'connection-refused'],
  ['mysql: Error number: 1045; жжж', 'auth-failure'],
  ['mysql: Error No. 2013 жжж', 'stale-connection'],
  ['2026-11-20T08:14:02Z 0 [ERROR] [MY-013183] [InnoDB] жжж', 'server-not-ready'],
  ['2026-11-20T08:14:02Z 0 [ERROR] [MY-012574] [InnoDB] жжж', 'connection-refused'],
  ['2026-11-20T08:14:02Z 8 [Note] [MY-001045] [Server] жжж', 'auth-failure'],
])('a number of MySQL tells the category in any language: %s', (text, category) => {
  expect(classify(text).category).toBe(category);
});

test.each<[Category, string]>([
  [
    'connection-refused',
    `Npgsql.NpgsqlException: Failed to connect to [::1]:5432 ---> System.Net.Sockets.SocketException (10061): Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte.`,
  ],
  ['connection-refused', `SQLSTATE[HY000] [2002] 由于目标计算机积极拒绝，无法连接。`],
  [
    'connection-refused',
    `java.net.ConnectException: В соединении отказано (Connection refused) org.postgresql`,
  ],
  ['connection-timeout', `could not connect to server: Время ожидания соединения истекло`],
  [
    'dns-failure',
    `mysqli: php_network_getaddresses: getaddrinfo failed: Échec temporaire dans la résolution du nom`,
  ],
  [
    'stale-connection',
    `com.mysql.jdbc: java.net.SocketException: Соединение разорвано другой стороной`,
  ],
  [
    'auth-failure',
    `#1045 - Accès refusé pour l'utilisateur: 'root'@'@localhost' (mot de passe: NON)`,
  ],
  ['auth-failure', `FATAL: autenticação do tipo senha falhou para usuário "postgres"`],
])('what a system says in another language is %s: %s', (category, text) => {
  expect(classify(text).category).toBe(category);
});
