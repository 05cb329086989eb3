import { describe, expect, test } from 'vitest';
import { appliedTo, effectOf, pointedAt } from './fixtures/effects/applied.ts';

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

  test('one of several is judged as what each of them does', () => {
    expect(effectOf('sql: { postgres: SELECT 1, mysql: KILL 5 }', ANY)).toBe('destructive');
    expect(effectOf('sql: { postgres: SELECT 1, mysql: KILL 5 }', PG)).toBe('read');
    expect(effectOf('sql: { postgres: DROP TABLE t, mysql: SELECT 1 }', MARIA)).toBe('read');
  });

  test('not PostgreSQL is not said to be wrong PostgreSQL', () => {
    expect(pointedAt(appliedTo('- { id: it, sql: SELECT FORM t, on: db }', ANY))).toEqual([]);
    expect(pointedAt(appliedTo('- { id: it, sql: SELECT FORM t x, on: db }', PG))).toEqual([
      'sql-syntax: x',
    ]);
  });
});
