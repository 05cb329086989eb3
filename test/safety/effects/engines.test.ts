import { describe, expect, test } from 'vitest';
import { textsReachable } from '#runbook/model/engines.ts';
import { judgeStatement } from '#safety/kinds/sql.ts';
import {
  actionOf,
  appliedTo,
  effectOf,
  pointedAt,
  runbookOf,
} from '../../fixtures/effects/applied.ts';

describe('a statement for an engine that is', () => {
  const ANY = 'db: { database: "${{ inputs.url }}" }';
  const PG = 'db: { database: "${{ inputs.url }}", engine: postgres }';
  const MY = 'db: { database: "${{ inputs.url }}", engine: mysql }';
  const MARIA = 'db: { database: "mariadb://h/d" }';

  test.each([
    ['SELECT 1', ANY, 'read'],
    ['SELECT count(*) FROM t', ANY, 'read'],
    // Only MySQL can parse it, and there it is a read.
    ['SHOW FULL PROCESSLIST', ANY, 'read'],
    // A read for PostgreSQL; MySQL may have a function of that name.
    ['SELECT pg_backend_pid()', ANY, 'change'],
    ['SELECT pg_backend_pid()', PG, 'read'],
    ['SELECT pg_backend_pid()', MY, 'change'],
    // Nothing for PostgreSQL, and code for the others.
    ['SELECT 1 /*! INTO OUTFILE "/tmp/x" */', PG, 'read'],
    ['SELECT 1 /*! INTO OUTFILE "/tmp/x" */', ANY, 'change'],
    ['SELECT 1 /*! INTO OUTFILE "/tmp/x" */', MARIA, 'change'],
    ['KILL 5', MY, 'destructive'],
    ['KILL QUERY 5', MARIA, 'change'],
  ])('written down or not: %s with %s is a %s', (sql, target, effect) => {
    expect(effectOf(`sql: '${sql.replaceAll("'", "''")}'`, target)).toBe(effect);
  });

  const CONSOLE = 'db: { database: "${{ inputs.url }}", engine: pgbouncer }';

  test.each([
    ['SHOW POOLS', 'read'],
    [' show stats_totals ; ', 'read'],
    ['PAUSE', 'change'],
    ['RESUME ${{ inputs.name }}', 'change'],
    ['DISABLE "a""b"', 'change'],
    ['SET default_pool_size = ${{ inputs.name }}', 'change'],
    ["set server_check_query to 'select 1'", 'change'],
    ['RELOAD', 'change'],
    ['KILL shop', 'destructive'],
    ['SHUTDOWN', 'destructive'],
  ])('a known command of the console of PgBouncer: %s is a %s', (sql, effect) => {
    expect(effectOf(`sql: '${sql.replaceAll("'", "''")}'`, CONSOLE)).toBe(effect);
  });

  test.each([
    'SELECT 1',
    // It hands out passwords and stops the pooler meanwhile.
    'SHOW FDS',
    'SHOW "POOLS"',
    'SHOW ${{ inputs.name }}',
    '${{ inputs.name }} shop',
    'SHOW POOLS; PAUSE',
    '-- SHOW POOLS\nPAUSE',
    'PAUSE a b',
    'SET x${{ inputs.name }} = 1',
    'DISABLE',
    'RELOAD shop',
    'FLUSH',
    '',
  ])('no other text is a command of the console, whatever it is declared to be: %s', (sql) => {
    const step = `- { id: it, on: db, effect: read, read_because: It is., sql: ${JSON.stringify(sql)} }`;
    expect(pointedAt(appliedTo(step, CONSOLE))).toEqual([expect.stringMatching(/^sql-syntax: /)]);
  });

  test('one of several is judged as what each of them does', () => {
    expect(effectOf('sql: { postgres: SELECT 1, mysql: KILL 5 }', ANY)).toBe('destructive');
    expect(effectOf('sql: { postgres: SELECT 1, mysql: KILL 5 }', PG)).toBe('read');
    expect(effectOf('sql: { postgres: DROP TABLE t, mysql: SELECT 1 }', MARIA)).toBe('read');
  });

  test('MariaDB runs the text of MySQL if it has none of its own', () => {
    expect(effectOf('sql: { mysql: KILL 5 }', MARIA)).toBe('destructive');
  });

  const WRITTEN = 'db: { database: "mysql://${{ inputs.name }}@h/d" }';
  const DECLARED_MARIA = 'db: { database: "${{ inputs.url }}", engine: mariadb }';

  test.each([WRITTEN, MY, MARIA, DECLARED_MARIA])(
    'is the worst of what MySQL and MariaDB are sent, since a URL leads to both: %s',
    (target) => {
      expect(effectOf('sql: { mysql: SELECT 1, mariadb: KILL 5 }', target)).toBe('destructive');
      expect(effectOf('sql: { mysql: KILL 5, mariadb: SELECT 1 }', target)).toBe('destructive');
      expect(effectOf('sql: { mysql: SELECT 1, mariadb: FLUSH TABLES }', target)).toBe('change');
      expect(effectOf('sql: { mysql: SELECT 1, mariadb: SELECT 2 }', target)).toBe('read');
    },
  );

  test('is judged for each server by the SQL of that server, if the engine is known at the run only', () => {
    const effects = (sql: string) => {
      const { runbook } = appliedTo(`- { id: it, on: db, sql: "${sql}" }`, ANY);
      const { body } = actionOf(runbook, 'it');
      return body.kind === 'sql' ? body.effects : {};
    };
    expect(effects('SHOW FULL PROCESSLIST')).toEqual({
      postgres: 'change',
      ...{ mysql: 'read', mariadb: 'read', pgbouncer: 'change' },
    });
    expect(effects('SELECT pg_backend_pid()')).toMatchObject({ postgres: 'read', mysql: 'change' });
  });

  test('is what MariaDB is sent if there is no text for MySQL', () => {
    expect(effectOf('sql: { mariadb: KILL 5 }', WRITTEN)).toBe('destructive');
    expect(effectOf('sql: { mariadb: SELECT 1 }', WRITTEN)).toBe('read');
    const step = '- { id: it, on: db, sql: { mariadb: KILL 5 } }';
    expect(() => runbookOf(step, MY)).toThrow('there is no statement for mysql');
  });

  test('that no server behind the URL is sent is an error', () => {
    const step = '- { id: it, on: db, sql: { mysql: SELECT 1 } }';
    expect(() => runbookOf(step)).toThrow('there is no statement for postgres');
  });

  test.each(['wait', 'verify', 'preview'])('is an error in a %s if one of them changes', (part) => {
    const sql = 'sql: { mysql: SELECT 1 AS a, mariadb: KILL 5 }';
    const until = part === 'preview' ? '' : ', until: "true"';
    const own = part === 'wait' ? 'on: db' : 'on: db, effect: change, sql: FLUSH TABLES';
    const step = `- { id: it, ${own}, ${part}: { ${sql}${until}${part === 'wait' ? ', within: 1s' : ''} } }`;
    expect(pointedAt(appliedTo(step, WRITTEN))).toEqual([
      expect.stringMatching(/^effect-not-read/),
    ]);
  });

  test('wrong beside a placeholder is not said to be wrong in it', () => {
    const errorsOf = (sql: string) =>
      pointedAt(appliedTo(`- { id: it, on: db, sql: '${sql}' }`, PG));
    expect(errorsOf('SELECT ${{ inputs.name }})')).toEqual(['sql-syntax: )']);
    expect(errorsOf('SELECT )${{ inputs.name }}')).toEqual(['sql-syntax: )']);
  });

  test('not PostgreSQL is not said to be wrong PostgreSQL', () => {
    expect(pointedAt(appliedTo('- { id: it, sql: SELECT FORM t, on: db }', ANY))).toEqual([]);
    expect(pointedAt(appliedTo('- { id: it, sql: SELECT FORM t x, on: db }', PG))).toEqual([
      'sql-syntax: x',
    ]);
  });
});

describe('a text of several statements', () => {
  const wrong = (sql: string, engine: string) => {
    const target = engine === '' ? '' : `, engine: ${engine}`;
    const step = `- { id: it, on: db, effect: destructive, sql: '${sql.replaceAll("'", "''")}' }`;
    return pointedAt(appliedTo(step, `db: { database: "\${{ inputs.url }}"${target} }`));
  };

  test.each(['', 'postgres', 'mysql', 'mariadb'])('is an error on %s: the second one', (engine) => {
    expect(wrong('BEGIN; DELETE FROM t; COMMIT', engine)).toEqual(['sql-syntax: DELETE']);
    expect(wrong('SELECT 1;\n\n UPDATE t SET a = 1;', engine)).toEqual(['sql-syntax: UPDATE']);
    expect(wrong('DELETE FROM t;', engine)).toEqual([]);
    expect(wrong("DELETE FROM t WHERE a = ';x'", engine)).toEqual([]);
  });

  test('is none where one statement holds the others', () => {
    const body = 'CREATE PROCEDURE p() BEGIN DELETE FROM t; DELETE FROM u; END';
    expect(wrong(body, 'mysql')).toEqual([]);
    expect(wrong('BEGIN NOT ATOMIC DELETE FROM t; DELETE FROM u; END', 'mariadb')).toEqual([]);
    expect(wrong('DO $$ BEGIN DELETE FROM t; DELETE FROM u; END $$', 'postgres')).toEqual([]);
  });
});

describe("a command of PgBouncer's console", () => {
  test.each([
    ['PAUSE', 'destructive'],
    ['PAUSE shop;', 'destructive'],
    ['KILL shop', 'destructive'],
    ['DISABLE shop', 'destructive'],
    ['SUSPEND', 'destructive'],
    ['RELOAD', 'change'],
    ['RECONNECT', 'change'],
    ['RESUME shop', 'change'],
    ['WAIT_CLOSE shop', 'change'],
    ['ENABLE shop', 'change'],
    ['SHOW POOLS', 'read'],
    ['SHOW CLIENTS', 'read'],
  ])('is judged where the engine is written as postgres: %s is %s', (sql, effect) => {
    const target = 'db: { database: "${{ inputs.url }}", engine: postgres }';
    expect(effectOf(`sql: ${sql}`, target)).toBe(effect);
    expect(effectOf(`sql: { postgres: ${sql} }`, target)).toBe(effect);
  });

  test('with a value in it is an error', () => {
    const step = "- { id: it, on: db, sql: 'KILL ${{ inputs.name }}' }";
    const target = 'db: { database: "${{ inputs.url }}", engine: postgres }';
    expect(pointedAt(appliedTo(step, target))).toEqual(['sql-syntax: KILL']);
  });
});

describe('of the texts of a statement, servers are sent', () => {
  const texts = { postgres: 'pg', mysql: 'my', mariadb: 'ma', pgbouncer: 'pool' };

  test.each([
    ['postgres', [['pg', 'postgres']]],
    [
      'mysql',
      [
        ['my', 'mysql'],
        ['ma', 'mariadb'],
      ],
    ],
    [
      'mariadb',
      [
        ['my', 'mysql'],
        ['ma', 'mariadb'],
      ],
    ],
    ['pgbouncer', [['pool', 'pgbouncer']]],
    [
      undefined,
      [
        ['pg', 'postgres'],
        ['my', 'mysql'],
        ['ma', 'mariadb'],
        ['pool', 'pgbouncer'],
      ],
    ],
  ] as const)('those of the protocol of %s', (engine, expected) => {
    const sent = textsReachable(texts, engine).flatMap(({ text, sentTo }) =>
      sentTo.map((server) => [text, server]),
    );
    expect(sent).toEqual(expected);
  });

  test('the text of MySQL where MariaDB has none, and nothing on other engines', () => {
    const only = { mysql: 'my' };
    expect(textsReachable(only, 'mariadb')).toEqual([
      { text: 'my', engine: 'mysql', sentTo: ['mysql', 'mariadb'] },
    ]);
    expect(textsReachable(only, 'postgres')).toEqual([]);
  });

  test('the one for any, as the engine of the target', () => {
    expect(textsReachable({ any: 'x' }, 'mysql')).toEqual([
      { text: 'x', engine: 'mysql', sentTo: ['mysql', 'mariadb'] },
    ]);
  });
});

test('a statement of which nothing was judged is not proven to be a read', () => {
  const { body } = actionOf(runbookOf('- { id: it, on: db, sql: SELECT 1 }'), 'it');
  if (body.kind !== 'sql') throw new Error('it is no statement');
  const { report } = judgeStatement(body, [], { shell: undefined, postgres: undefined });
  expect(report).toMatchObject({ effect: 'change', certain: false });
});
