import { expect, test } from 'vitest';
import type { ShownAction } from '#events/log/event.ts';
import { aheadText, doneText } from '#events/wording/count-words.ts';

const action = (text: string, kind: ShownAction['kind'] = 'sql'): ShownAction => {
  return { kind, text, values: [], where: 'db' };
};

test.each([
  ['SELECT pg_terminate_backend(pid) FROM s', '2 sessions to terminate', '2 sessions terminated'],
  ['KILL 7', '2 sessions to terminate', '2 sessions terminated'],
  ['KILL QUERY 7', '2 statements to cancel', '2 statements cancelled'],
  ['BEGIN NOT ATOMIC KILL session.pid; END', '2 sessions to terminate', '2 sessions terminated'],
  ['UPDATE jobs SET locked = 0', '2 rows to update', '2 rows updated'],
  ['DELETE FROM jobs', '2 rows to delete', '2 rows deleted'],
  ['SELECT release(id) FROM jobs', '2 rows affected', '2 rows affected'],
])('%s says what it does to its rows', (text, ahead, done) => {
  expect(aheadText(action(text), 2)).toBe(ahead);
  expect(doneText(action(text), 2)).toBe(done);
});

test.each([
  'GRANT SELECT ON shop.* TO ?@?',
  'ALTER USER ?@? ACCOUNT UNLOCK',
  'FLUSH SSL',
  "DO $$ BEGIN EXECUTE format('ALTER ROLE %I LOGIN', $1); END $$",
  'SELECT pg_reload_conf() AS told',
  'SET GLOBAL read_only = OFF',
])('%s touches no rows', (text) => {
  expect(aheadText(action(text), 5)).toBe('preview: 5 rows');
  expect(doneText(action(text), 1)).toBeUndefined();
});

test('a script counts nothing, and one of several is told from all', () => {
  expect(doneText(action('kill 7', 'shell'), 1)).toBeUndefined();
  expect(doneText(action('KILL 7'), 1, 3)).toBe('1 of 3 sessions terminated');
});
