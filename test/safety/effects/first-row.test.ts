import { expect, test } from 'vitest';
import { appliedTo } from '../../fixtures/effects/applied.ts';

/** Whether an action that binds the first row of a preview is warned about. */
function isWarned(
  preview: string,
  sql = 'DELETE FROM t WHERE id = ${{ preview.row.id }}',
): boolean {
  const { diagnostics } = appliedTo(
    `
- id: it
  on: db
  preview: ${preview}
  sql: ${sql}
  expect: result.row_count == 1
  undo: { none: It cannot be undone. }`,
    'db: { database: "${{ inputs.url }}" }',
  );
  return diagnostics.some(({ code }) => code === 'first-row-only');
}

test.each([
  '{ sql: SELECT id FROM t }',
  '{ sql: SELECT id FROM t LIMIT 10 }',
  '{ sql: "SELECT id FROM (SELECT id FROM t LIMIT 1) AS one, u" }',
  '{ sql: { postgres: SELECT id FROM t LIMIT 1, mysql: SELECT id FROM t } }',
])('a preview %s may list more than the one row that the action uses', (preview) => {
  expect(isWarned(preview)).toBe(true);
});

test.each([
  '{ sql: SELECT id FROM t, max_rows: 1 }',
  '{ sql: SELECT id FROM t, enough: 1 }',
  '{ sql: SELECT id FROM t ORDER BY id LIMIT 1 }',
  '{ sql: SELECT id FROM t FETCH FIRST ROW ONLY }',
  '{ sql: SELECT 1 AS id }',
])('a preview %s lists one row', (preview) => {
  expect(isWarned(preview)).toBe(false);
});

test('an action that uses the other rows as well is as the gate shows it', () => {
  const listed = '{ sql: "SELECT id, owner FROM t" }';
  expect(isWarned(listed, 'DELETE FROM t WHERE (id, owner) IN (${{ preview.rows }})')).toBe(false);
  expect(isWarned(listed, 'CALL drop_it(${{ preview.each.id }}, ${{ preview.row.owner }})')).toBe(
    false,
  );
});
