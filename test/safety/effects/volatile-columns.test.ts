import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { allSparedText } from '#events/wording/row-words.ts';
import { selectedColumns } from '#safety/effects/postgres/selected-columns.ts';
import { volatileProblems } from '#safety/effects/volatile-columns.ts';
import { actionOf, appliedTo, runbookOf } from '../../fixtures/effects/applied.ts';

/** What is said about the columns of a preview, and what it points at. */
function said(sql: string, volatile = ''): readonly string[] {
  const { runbook, diagnostics } = appliedTo(
    `
- id: it
  on: db
  preview:
    sql: ${sql}
    volatile: [${volatile}]
  sql: DELETE FROM t WHERE (id) IN (\${{ preview.rows }})
  expect: result.row_count == preview.row_count
  undo: { none: It cannot be undone. }`,
    'db: { database: "${{ inputs.url }}" }',
  );
  return diagnostics
    .filter(({ code }) => code.startsWith('volatile'))
    .map(({ code, span }) => `${code}: ${runbook.source.text.slice(span.start, span.end)}`);
}

test.each([
  ['SELECT id, age FROM t', 'agee', ['volatile-unknown: agee']],
  ['SELECT id, t.age FROM t', 'age', []],
  ['SELECT id FROM t WHERE name = ${{ inputs.name }}', 'agee', ['volatile-unknown: agee']],
  ['SELECT id, x AS age FROM t', 'age, x', ['volatile-unknown: x']],
  ['SELECT id, count(*) FROM t GROUP BY id', 'count', []],
  ['SELECT id, age::text FROM t', 'age', []],
  ['SELECT * FROM t', 'agee', []],
  ['SELECT id, t.* FROM t', 'agee', []],
  ['SELECT id, age::text FROM t', 'text', ['volatile-unknown: text']],
  ['SELECT id FROM t; SELECT 1', 'from', []],
  ['SELECT id FROM t UNION SELECT id FROM u', 'from', []],
  ['DELETE FROM t RETURNING id', 'from', []],
  ['SELECT FROM t', 'from', []],
  ['SELECT id, 1 + 1 FROM t', 'from', []],
  ['SELECT id FROM t UNION SELECT id FROM u', 'age', ['volatile-unknown: age']],
  ['{ postgres: SELECT id FROM t, mysql: SELECT id AS age FROM t }', 'age', []],
  ['{ mysql: SELECT id FROM t }', 'age', ['volatile-unknown: age']],
  ['{ mysql: SELECT * FROM t }', 'age', []],
])('%s with volatile: [%s] says %j', (sql, volatile, expected) => {
  expect(said(sql, volatile)).toEqual(expected);
});

test.each([
  ['now() - started', true],
  ['extract(epoch FROM clock_timestamp() - started)::int', true],
  ['age(started)', true],
  ['CURRENT_TIMESTAMP - started', true],
  ['age(ended, started)', false],
  ['started', false],
  ['lower(now()::text)', true],
  ['CASE WHEN a THEN now() END', false],
  ['(SELECT now())', false],
  ['now() IS NULL', false],
  ['a AND b', false],
  ["now() - started > interval '1 hour'", false],
  ["date_trunc('day', now())", false],
  ['CASE WHEN started < now() THEN 1 END', false],
])('a column that is %s is computed from the time: %s', (column, isOfClock) => {
  const sql = `SELECT id, ${column} AS shown FROM t`;
  expect(said(sql)).toHaveLength(isOfClock ? 1 : 0);
  expect(said(sql, 'shown')).toEqual([]);
});

test('where every row was spared, the columns in which all of them differ are named', () => {
  const columns = ['id', 'state', 'idle'];
  const row = (id: number, state: string, idle: number) => ({ id, state, idle });
  const rows = [
    { row: row(1, 'idle', 4), now: row(1, 'idle', 5) },
    { row: row(2, 'idle', 7), now: row(2, 'active', 8) },
  ];
  expect(allSparedText({ rows, columns, left: 0 })).toBe(
    'Every row differs in idle. Name columns that always change in preview.volatile.',
  );
  expect(allSparedText({ rows, columns, left: 1 })).toBeUndefined();
  expect(allSparedText({ rows: [{ row: row(1, 'idle', 4) }], columns, left: 0 })).toBeUndefined();
});

test('without a parser, the words of the text decide', () => {
  const columns = '[id, agee]';
  const runbook = runbookOf(
    `- id: it
  on: db
  preview: { sql: SELECT id FROM t, volatile: ${columns} }
  sql: DELETE FROM t
  undo: { none: It cannot be undone. }`,
  );
  const { preview } = actionOf(runbook, 'it');
  const problems = preview && volatileProblems(preview, runbook.targets, undefined);
  expect(problems?.map(({ message }) => message)).toEqual(['the preview returns no column "agee"']);
});

test('what a statement sets is no column of a result', async () => {
  const { postgres } = await loadEffectParsers({ shell: false, postgres: true });
  if (postgres === undefined) throw new Error('there is no parser');
  expect(selectedColumns('SELECT id FROM t', postgres)).toMatchObject([{ name: 'id', at: 7 }]);
  expect(selectedColumns('UPDATE t SET id = 1', postgres)).toBeUndefined();
});
