import { describe, expect, test } from 'vitest';
import { CATEGORIES, type Category } from '#match/category.ts';
import { createClassifier } from '#match/classify.ts';
import { labelledLines } from '../fixtures/match/labelled-lines.ts';
import { processorMs } from '../support/processor-time.ts';

const { classify } = createClassifier();

describe.each([
  ['real-faults', 0.97],
  ['other-clients', 0.97],
  ['unseen-clients', 0.92],
])('%s', (name, floor) => {
  const lines = labelledLines(name);
  const incidents = lines.filter(({ category }) => category !== 'none');
  const others = lines.filter(({ category }) => category === 'none');

  test(`at least ${floor * 100} % of the errors are what they are labelled as`, () => {
    const wrong = incidents.filter(({ text, category }) => classify(text).category !== category);
    const share = 1 - wrong.length / incidents.length;
    expect(share, wrong.map(({ text }) => text).join('\n')).toBeGreaterThanOrEqual(floor);
  });

  test('every category is known in most of its errors', () => {
    const poor = Object.keys(CATEGORIES).filter((category) => {
      const own = incidents.filter((line) => line.category === category);
      const right = own.filter(({ text }) => classify(text).category === category);
      return own.length > 0 && right.length / own.length < 0.75;
    });
    expect(poor).toEqual([]);
  });

  test('what is no connection error matches nothing', () => {
    const matched = others.filter(({ text }) => classify(text).category !== 'none');
    expect(matched.map(({ text }) => text)).toEqual([]);
  });
});

test('the labels are categories that there are', () => {
  const known = new Set<string>(['none', ...Object.keys(CATEGORIES)]);
  const lines = ['real-faults', 'other-clients', 'unseen-clients'].flatMap(labelledLines);
  const unknown = lines.flatMap(({ category, also }) => [category, ...also]);
  expect(unknown.filter((category) => !known.has(category))).toEqual([]);
});

test('the deepest cause decides, not what wraps it', () => {
  const chain = (cause: string) =>
    `java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:197)\nCaused by: ${cause}`;
  const categoryOf = (cause: string) => classify(chain(cause)).category;
  expect(categoryOf('java.net.UnknownHostException: db')).toBe('dns-failure');
  expect(categoryOf('java.net.ConnectException: Connection refused')).toBe('connection-refused');
  expect(categoryOf('java.net.NoRouteToHostException: x')).toBe('connection-timeout');
  expect(categoryOf('org.postgresql.util.PSQLException: FATAL: role "x" does not exist')).toBe(
    'auth-failure',
  );
  expect(classify(chain('java.net.UnknownHostException: db')).alternatives).toContain(
    'pool-exhaustion',
  );
});

test('what glibc calls a name that cannot be looked up now is no refusal', () => {
  const said = 'could not connect to server: Host name lookup failure';
  expect(classify(said).category).toBe('dns-failure');
});

test('a migration that failed tells less than what it failed on', () => {
  const failed = (why: string) => classify(`Error: database migration failed: ${why}`).category;
  expect(failed('connect ECONNREFUSED 127.0.0.1:5432')).toBe('connection-refused');
  expect(failed('could not translate host name "db" to address')).toBe('dns-failure');
  expect(failed('canceling statement due to lock timeout')).toBe('lock-contention');
  expect(failed('it has no name')).toBe('migration');
});

test.each<[string, Category]>([
  [
    "Lost connection to MySQL server at 'waiting for initial communication packet', system error: 60",
    'connection-timeout',
  ],
  ['psycopg2.OperationalError: SSL error: decryption failed or bad record mac', 'stale-connection'],
  ['SSL SYSCALL error: Software caused connection abort', 'stale-connection'],
  ['Call to undefined function mysqli_connect()', 'config-error'],
  ['Job for mariadb.service failed because the control process exited', 'connection-refused'],
  ['WSREP has not yet prepared node for application use', 'server-not-ready'],
])('a session that broke, never began or was never configured: %s', (text, category) => {
  expect(classify(text).category).toBe(category);
});

test('the root of a trace decides against what a driver or a pool adds above it', () => {
  const below = (top: string, cause: string) =>
    classify(`${top}\n\tat x.y(Z.java:1)\nCaused by: ${cause}`).category;
  const packet =
    'CommunicationsException: Communications link failure\n\nThe last packet successfully received from the server was 12 milliseconds ago.';
  expect(below(packet, 'javax.net.ssl.SSLHandshakeException: No appropriate protocol')).toBe(
    'tls-failure',
  );
  const druid =
    'com.alibaba.druid.pool.GetConnectionTimeoutException: wait millis 60000, active 0, maxActive 20, creating 1';
  expect(below(druid, 'java.net.SocketException: Connection reset')).toBe('stale-connection');
});

test('a code decides where the text is in a language that nobody taught', () => {
  const words = 'ЖЖЖ жжж';
  expect(classify(`PG::Error: ${words} (SQLSTATE 53300)`).category).toBe('too-many-connections');
  expect(classify(`ERROR 1045 (28000): ${words}`).category).toBe('auth-failure');
  expect(classify(`PDOException: SQLSTATE[57P03]: ${words}`).category).toBe('server-not-ready');
  expect(classify(`{"severity":"FATAL","code":"3D000","message":"${words}"}`).category).toBe(
    'auth-failure',
  );
});

test.each<[string, Category]>([
  ['FATAL:  autenticazione con password fallita per l\'utente "app"', 'auth-failure'],
  ['ВАЖНО:  извините, уже слишком много клиентов', 'too-many-connections'],
  ['치명적오류:  최대 동시 접속자 수를 초과했습니다.', 'too-many-connections'],
  ['FATAL:  le système de bases de données est en cours de restauration', 'server-not-ready'],
  [
    'FEHLER:  INSERT kann nicht in einer Read-Only-Transaktion ausgeführt werden',
    'failover-read-only',
  ],
  ['FEL:  relationen "orders" existerar inte', 'migration'],
  ['エラー:  ロックのタイムアウトのためステートメントをキャンセルしています', 'lock-contention'],
])('a server is understood in its own language: %s', (text, category) => {
  expect(classify(text).category).toBe(category);
});

test('the text decides where a pooler puts one code on everything', () => {
  const behind = (text: string) => classify(`${text} (SQLSTATE 08P01)`).category;
  expect(behind('FATAL: password authentication failed for user "app"')).toBe('auth-failure');
  expect(behind('FATAL: sorry, too many clients already')).toBe('too-many-connections');
});

test('a failed socket is an incident only when it is not that of another service', () => {
  const categoryOf = (target: string) => classify(`Error: connect ECONNREFUSED ${target}`).category;
  expect(categoryOf('10.0.0.5:5432')).toBe('connection-refused');
  expect(categoryOf('10.0.0.5:5499')).toBe('connection-refused');
  for (const port of [80, 443, 6379, 9092, 27017, 5672, 9200, 11211, 25])
    expect(categoryOf(`10.0.0.5:${port}`), `${port}`).toBe('none');
});

test.each([
  'INFO connecting to postgres://app@db:5432/shop?connect_timeout=10&sslmode=require',
  'INFO jdbc:mysql://db:3306/shop?connectTimeout=3000&socketTimeout=5000',
  'INFO mysql pool { host: "db", port: 3306, connectTimeout: 3000, tls: true }',
  'INFO tls: true, mysql host db:3306',
])('what is set has not happened: %s', (line) => {
  expect(classify(line).category).toBe('none');
});

test('an error is not lost with the settings next to it', () => {
  const url = 'postgres://app@db:5432/shop?connect_timeout=10';
  expect(classify(`${url}: connection refused`).category).toBe('connection-refused');
  expect(classify(`${url}: timeout expired`).category).toBe('connection-timeout');
});

test('words of any service are weak where nothing speaks of a database', () => {
  expect(classify('Error: connect ECONNREFUSED 10.0.0.5:5499').weak).toBe(true);
  expect(classify('Error: connect ECONNREFUSED 10.0.0.5:5432').weak).toBe(false);
  expect(classify('FATAL: sorry, too many clients already').weak).toBe(false);
});

test('an error below a statement is not taken for a part of it', () => {
  const logged =
    '[9] LOG:  duration: 12.5 ms  statement: SELECT 1\n\tFATAL:  sorry, too many clients already';
  expect(classify(logged).category).toBe('too-many-connections');
});

test('what a statement says is not what the server says', () => {
  const statement = "SELECT 'FATAL: sorry, too many clients already'";
  const logged = `2026-11-20 08:14:02 UTC [9] LOG:  duration: 12.5 ms  statement: ${statement}`;
  expect(classify(logged).category).toBe('none');
  expect(classify(`2026-11-20 08:14:02 UTC [9] STATEMENT:  ${statement}`).category).toBe('none');
});

test('colours, quotation marks, case and spaces make no difference', () => {
  const plain = classify('FATAL:  password authentication failed for user "app"');
  expect(plain.category).toBe('auth-failure');
  for (const text of [
    '\u001b[31mFATAL:\u001b[0m  password \u001b[1mauthentication\u001b[0m failed for user »app«',
    'fatal: PASSWORD AUTHENTICATION FAILED for user `app`',
    '{"msg":"FATAL:  password authentication failed for user \\"app\\""}',
  ])
    expect(classify(text).category).toBe('auth-failure');
});

test('why names the evidence, and the runbook follows from the category', () => {
  const verdict = classify('pq: remaining connection slots are reserved (SQLSTATE 53300)');
  expect(verdict).toMatchObject({
    category: 'too-many-connections',
    runbook: 'too-many-connections',
    why: '"remaining connection slots are reserved"; SQLSTATE 53300',
  });
});

test.each<[string, Category]>([
  ['pool-exhausted', 'pool-exhaustion'],
  ['read-only', 'failover-read-only'],
  ['slow-queries', 'query-timeout'],
  ['stale-connections', 'stale-connection'],
  ['migrations', 'migration'],
  ['ssl', 'tls-failure'],
])('%s is the runbook of %s', (runbook, category) => {
  expect(CATEGORIES[category].runbook).toBe(runbook);
});

test('records that differ in numbers only have the verdict that each has alone', () => {
  const { classify: remembering } = createClassifier();
  const { classify: alone } = createClassifier();
  const sets = ['real-faults', 'other-clients', 'unseen-clients', 'wild'];
  const lines = sets.flatMap(labelledLines).map(({ text }) => text);
  let digit = 0;
  for (const line of lines) {
    remembering(line);
    // Every third number stays: most are codes and ports.
    const other = line.replace(/\b[1-9]\d*\b/g, (number, at) =>
      at % 3 === 0 ? number : number.replace(/\d/g, () => String((digit++ % 9) + 1)),
    );
    expect(remembering(other), other).toEqual(alone(other));
  }
  expect(digit).toBeGreaterThan(5_000);
});

test('a record of any length is classified in time linear in it', () => {
  const nasty = 'relation " host " can\'t connect to database " '.repeat(20_000);
  const took = processorMs(() => {
    classify(nasty);
    classify(`${'connection '.repeat(100_000)} refused`);
    classify('"'.repeat(1_000_000));
    classify(`${'a.'.repeat(500_000)}:80`);
    classify(`${'1.1.1.1'.repeat(100_000)} econnrefused`);
  });
  expect(took).toBeLessThan(8_000);
});
