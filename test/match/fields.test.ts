import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createClassifier } from '#match/classify.ts';
import { readFields } from '#match/fields.ts';

const { classify } = createClassifier();

const CLOUD_NATIVE = (message: string, severity: string, code: string) =>
  JSON.stringify({
    level: 'info',
    logger: 'postgres',
    msg: 'record',
    record: {
      error_severity: severity,
      sql_state_code: code,
      message,
      backend_type: 'not initialized',
      query: 'SELECT pg_sleep(1) -- connection refused',
    },
  });

test('only what a structured record says happened is judged, not its states and statements', () => {
  expect(readFields(CLOUD_NATIVE('connection received: host=10.0.0.9', 'LOG', '00000'))).toEqual({
    said: ['record', "code: '00000'", 'connection received: host=10.0.0.9'].map((text) => ({
      text,
      line: 0,
    })),
    isQuiet: false,
  });
  expect(classify(CLOUD_NATIVE('connection received', 'LOG', '00000')).category).toBe('none');
  expect(classify(CLOUD_NATIVE('sorry, too many clients already', 'FATAL', '53300'))).toMatchObject(
    { category: 'too-many-connections', weak: false, line: 0 },
  );
});

test.each([
  [
    'connection-refused',
    '{"level":"error","msg":"cannot load","error":"failed to connect to `host=db1 user=app`: dial error (dial tcp 10.0.0.5:5432: connect: connection refused)"}',
  ],
  [
    'too-many-connections',
    String.raw`{"log":"{\"err\":{\"message\":\"x\",\"code\":\"ER_CON_COUNT_ERROR\",\"errno\":1040},\"msg\":\"GET /\"}\n","stream":"stdout"}`,
  ],
  [
    'auth-failure',
    '{"timestamp":"2026-11-25","error_severity":"FATAL","state_code":"28P01","message":"verweigert","backend_type":"client backend"}',
  ],
  [
    'dns-failure',
    '{"level":50,"err.type":"Error","err.stack":"Error: getaddrinfo ENOTFOUND db.internal\\n at pg-pool","msg":"request errored"}',
  ],
  [
    'failover-read-only',
    'time="2026-11-25T10:00:00Z" level=error msg="insert" error="ERROR: cannot execute INSERT in a read-only transaction (SQLSTATE 25006)"',
  ],
  [
    'connection-timeout',
    'ts=2026-11-25T10:00:00Z level=error component=postgres msg="ping failed" err="dial tcp 10.0.0.5:5432: i/o timeout"',
  ],
  [
    'tls-failure',
    'app-1  | {"level":"fatal","error":"tls: x509: certificate signed by unknown authority","message":"cannot open database"}',
  ],
  [
    'server-not-ready',
    '{"MESSAGE":"FATAL:  the database system is starting up","PRIORITY":"2","_COMM":"postgres"}',
  ],
])('%s is read in the fields of %s', (category, record) => {
  expect(classify(record).category).toBe(category);
});

test('no rule reads across two fields', () => {
  const record = '{"logger":"mysql","msg":"error","detail":"too many connections"}';
  expect(readFields(record)?.said).toHaveLength(2);
  expect(classify('{"component":"db","msg":"pool","detail":"is exhausted"}').category).toBe('none');
});

test('the line of the evidence is that of the record, also around a structured line', () => {
  const record =
    '{"level":"error","msg":"request failed"}\nError: connect ECONNREFUSED 10.0.0.5:5432';
  expect(classify(record)).toMatchObject({ category: 'connection-refused', line: 1 });
});

test('text around JSON is judged, and broken JSON is judged as text', () => {
  expect(classify('psql: connection refused by database {"attempt":1,"msg":"x"}').category).toBe(
    'connection-refused',
  );
  expect(readFields('{"msg":"half a rec')).toBeUndefined();
  expect(readFields('host=db1 port=5432 user=app password=x')).toBeUndefined();
});

test.each(
  readFileSync(new URL('../fixtures/match/other-systems.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n'),
)('ordinary, or of another system: %s', (line) => {
  expect(classify(line)).toMatchObject({ category: 'none' });
});

test('in a log, an error of a socket needs a database; by itself it may be one', () => {
  expect(classify('connection reset by peer').category).toBe('stale-connection');
  expect(classify('2026-11-25 10:00:00 ERROR connection reset by peer').category).toBe('none');
  expect(classify('2026-11-25 10:00:00 ERROR pq: connection reset by peer').category).toBe(
    'stale-connection',
  );
});

test.each([
  [
    'config-error',
    "ValueError: Port could not be cast to integer value as 'p@ss' in postgresql://app",
  ],
  ['config-error', 'panic: parse "postgres://app:p%ss@db:5432/shop": invalid URL escape "%ss"'],
  ['config-error', 'sqlx: unknown value "maybe" for `ssl_mode`'],
  ['config-error', 'thread main panicked: DATABASE_URL: NotPresent'],
  ['config-error', 'yaml: line 4: did not find expected key in database.yml'],
  ['pool-exhaustion', 'deadpool_postgres PoolError: Timeout(Wait)'],
  ['stale-connection', 'orders-repo: load cart: invalid connection'],
  [
    'auth-failure',
    "Benutzer 'app'@'10.0.0.3' hat keine Zugriffsberechtigung (verwendetes Passwort: JA)",
  ],
  ['too-many-connections', '너무 많은 연결... max_connection을 증가 시키시오...'],
  ['lock-contention', 'ロック待ちがタイムアウトしました。トランザクションを再試行してください。'],
])('%s: %s', (category, text) => {
  expect(classify(text).category).toBe(category);
});

/** As PostgreSQL 15 wrote them with `log_destination = csvlog`. */
const CSV = (level: string, code: string, message: string, statement = '') =>
  `2026-11-26 02:18:12.423 UTC,"shop","postgres",13729,"127.0.0.1:35504",6b0796e4.35a1,4,"startup",2026-11-26 02:18:12 UTC,6/1,0,${level},${code},"${message}",,,,,,${statement === '' ? '' : `"${statement}"`},,,"psql","client backend",,0`;

test('of the CSV log of PostgreSQL, message and code are judged, and never the statement', () => {
  const full = 'remaining connection slots are reserved for non-replication superuser connections';
  expect(classify(CSV('FATAL', '53300', full))).toMatchObject({
    category: 'too-many-connections',
    weak: false,
  });
  expect(readFields(CSV('FATAL', '28P01', 'no ""shop""'))?.said).toEqual([
    { text: 'FATAL:  no "shop"', line: 0 },
    { text: "code: '28P01'", line: 0 },
  ]);
  const text = "select\n 'FATAL:  password authentication failed for user'\n-- refused port 5432";
  expect(classify(CSV('ERROR', '42601', 'syntax error', text)).category).toBe('none');
});

test('a shipped symptom in a field that says nothing is not evidence, an own pattern is', () => {
  const line = CSV('ERROR', '42601', 'syntax error', 'password authentication failed for user');
  const own = { runbook: 'mine', symptoms: [{ text: 'authentication failed for user' }] };
  const shipped = { ...own, runbook: 'auth' };
  expect(createClassifier([shipped]).classify(line)).toMatchObject({ symptomOf: [] });
  expect(createClassifier([own]).classify(line)).toMatchObject({ runbook: 'mine' });
});

const KLOG = (level: string, rest: string) =>
  `${level}1126 01:02:03.123456       1 controller.go:114] ${rest}`;

test.each([
  [
    'connection-refused',
    KLOG('E', '"List failed" err="dial tcp 10.0.3.7:5432: connect: connection refused"'),
  ],
  ['too-many-connections', KLOG('W', 'pq: sorry, too many clients already')],
  ['none', KLOG('I', '"Reconciled" object="default/sorry, too many clients already" state="on"')],
  ['none', KLOG('E', '"List failed" err="not found" query="select 1 -- sorry, too many clients"')],
])('%s is read from a line of klog', (category, line) => {
  expect(classify(line).category).toBe(category);
});
