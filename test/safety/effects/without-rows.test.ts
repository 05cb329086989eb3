import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { alwaysHasRow } from '#safety/effects/postgres/always-a-row.ts';
import { appliedTo } from '../../fixtures/effects/applied.ts';

const { postgres } = await loadEffectParsers({ shell: false, postgres: true });

function hasRow(sql: string): boolean {
  if (postgres === undefined) throw new Error('the parser is missing');
  return alwaysHasRow(sql, postgres);
}

describe('a statement', () => {
  test.each([
    'SELECT count(*) AS n FROM t WHERE a > 1',
    'SELECT coalesce(max(age), 0) + 1 AS oldest FROM t',
    'SELECT count(*) FILTER (WHERE a) AS n FROM (SELECT * FROM t WHERE b) AS u',
    'SELECT 1 AS one, now() AS at',
    'SELECT (SELECT id FROM t LIMIT 1) AS id',
    'SELECT used, free FROM (SELECT count(*) AS used, 3 AS free FROM t) AS slots',
    'WITH n AS (SELECT count(*) AS used FROM t) SELECT used FROM n',
    'SELECT a.id, b.n FROM (SELECT 1 AS id) AS a LEFT JOIN t AS b ON b.id = a.id',
    'SELECT n, m FROM (SELECT count(*) AS n FROM t) a CROSS JOIN (SELECT 1 AS m) b',
    'SELECT count(*) FROM t LIMIT 1',
    'SHOW server_version',
  ])('always has a row: %s', (sql) => expect(hasRow(sql)).toBe(true));

  test.each([
    'SELECT id FROM t',
    'SELECT count(*) FROM t GROUP BY a',
    'SELECT count(*) FROM t HAVING count(*) > 1',
    'SELECT count(*) FROM t LIMIT 0',
    'SELECT count(*) FROM t OFFSET 1',
    'SELECT id, count(*) OVER () FROM t',
    'SELECT id, (SELECT count(*) FROM u) AS n FROM t',
    'SELECT n FROM (SELECT count(*) AS n FROM t) AS c WHERE n > 3',
    'SELECT a.n FROM (SELECT 1 AS n) a JOIN t ON t.n = a.n',
    'SELECT 1 WHERE false',
    'SELECT count(*) FROM t UNION SELECT 1',
    'SELECT FROM WHERE',
    'UPDATE t SET a = 1 RETURNING id',
  ])('may have none: %s', (sql) => expect(hasRow(sql)).toBe(false));
});

/** What is said about the conditions after a statement, by the text they point at. */
function said(sql: string, next: string): readonly string[] {
  const { runbook, diagnostics } = appliedTo(
    `
- id: look
  on: db
  sql: ${sql}
  next: [${next}, { goto: end }]
- { id: end, finish: { outcome: resolved, summary: Done. } }`,
    'db: { database: "${{ inputs.url }}", engine: postgres }',
  );
  return diagnostics
    .filter(({ code }) => code === 'no-rows')
    .map(({ span }) => runbook.source.text.slice(span.start, span.end));
}

const HELD = '{ if: result.row.held > 60, goto: end }';

describe('a condition after it', () => {
  test('that needs a row is found, the first one only', () => {
    expect(said('SELECT held FROM locks', `${HELD}, ${HELD}`)).toEqual(['result.row.held > 60']);
  });

  test.each([
    '{ if: result.rows.size() == 0, goto: end }',
    '{ if: result.row_count == 0, goto: end }',
    '{ if: "!has(result.row)", goto: end }',
    '{ if: "!has(result.row.held)", goto: end }',
  ])('is not, below a clause for no rows: %s', (clause) => {
    expect(said('SELECT held FROM locks', `${clause}, ${HELD}`)).toEqual([]);
  });

  test('is not if it asks for the row itself, or the statement always has one', () => {
    const asks = '{ if: has(result.row.held) && result.row.held > 60, goto: end }';
    expect(said('SELECT held FROM locks', asks)).toEqual([]);
    expect(said('SELECT max(held) AS held FROM locks', HELD)).toEqual([]);
  });

  test('is found below a clause for failures alone', () => {
    const failed = `{ if: 'error.kind != "none"', goto: end }`;
    expect(said('SELECT held FROM locks', `${failed}, ${HELD}`)).toEqual(['result.row.held > 60']);
  });
});
