import { expect, test } from 'vitest';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parserNeeds } from '#safety/effects/parser-needs.ts';
import { runbookOf, stepOf } from '../../fixtures/effects/applied.ts';

const PG = 'db: { database: "postgres://h/d" }';
const MY = 'db: { database: "mysql://h/d" }';
const CHANGE = 'on: db, effect: change';

/** The parsers that a runbook needs, in words. */
function needed(runbook: Runbook): string {
  const { shell, postgres } = parserNeeds(runbook);
  return [shell ? 'shell' : '', postgres ? 'postgres' : ''].filter(Boolean).join(' ') || 'none';
}

test.each([
  ['- { id: it, shell: ls }', PG, 'shell'],
  ['- { id: it, shell: psql -l }', PG, 'shell postgres'],
  ['- { id: it, on: db, sql: SELECT 1 }', PG, 'postgres'],
  ['- { id: it, on: db, sql: SELECT 1 }', MY, 'none'],
  ['- { id: it, on: db, sql: SELECT 1 }', 'db: { database: "${{ inputs.url }}" }', 'postgres'],
  ['- { id: it, manual: Look. }', PG, 'none'],
  ['- { id: it, wait: 5s }', PG, 'none'],
  ['- { id: it, wait: { shell: ls, until: "true", within: 1m } }', PG, 'shell'],
  ['- { id: it, on: db, wait: { sql: SELECT 1, until: "true", within: 1m } }', MY, 'none'],
  ['- { id: it, parallel: [{ id: a, shell: ls }, { id: b, on: db, sql: SELECT 1 }] }', MY, 'shell'],
  [
    '- { id: it, parallel: [{ id: a, on: db, sql: SELECT 1 }, { id: b, on: db, sql: SELECT 1 }] }',
    PG,
    'postgres',
  ],
  ['- { id: it, probe: { tcp: { host: a, port: 1 } } }', PG, 'none'],
  ['- { id: it, probe: { login: { url: "postgres://h/d" } } }', PG, 'none'],
  [
    '- { id: it, probe: { login: { url: "postgres://h/d", statement: SELECT 1 } } }',
    PG,
    'postgres',
  ],
  ['- { id: it, probe: { login: { url: "mysql://h/d", statement: SELECT 1 } } }', PG, 'none'],
  ['- { id: a, shell: ls }\n- { id: b, on: db, sql: SELECT 1 }', MY, 'shell'],
  [
    `- { id: it, ${CHANGE}, sql: UPDATE t SET a = 1, verify: { shell: ls, until: "true" } }`,
    MY,
    'shell',
  ],
  [`- { id: it, ${CHANGE}, sql: UPDATE t SET a = 1, undo: { shell: ls } }`, MY, 'shell'],
  [`- { id: it, ${CHANGE}, sql: UPDATE t SET a = 1, undo: { none: No. } }`, MY, 'none'],
  [
    '- { id: it, effect: change, shell: x, on: app, undo: { on: db, sql: SELECT 1 } }',
    `${PG}\n  app: { local: true }`,
    'shell postgres',
  ],
  [
    `- { id: it, ${CHANGE}, sql: { mysql: UPDATE t SET a = 1 }, preview: { sql: SELECT 1 } }`,
    MY,
    'none',
  ],
])('%s on %s needs: %s', (steps, targets, expected) => {
  expect(needed(runbookOf(steps, targets))).toBe(expected);
});

test('the check of a prerequisite counts', () => {
  const runbook = runbookOf('- { id: it, shell: ls }');
  const check = stepOf(runbook, 'it');
  const rest = { ...runbook, steps: [] };
  expect(needed({ ...rest, prerequisites: [{ text: 'x', check }] })).toBe('shell');
  expect(needed({ ...rest, prerequisites: [{ text: 'x', check: undefined }] })).toBe('none');
  expect(
    needed({
      ...rest,
      prerequisites: [
        { text: 'x', check: undefined },
        { text: 'y', check },
      ],
    }),
  ).toBe('shell');
});

test('the steps of a runbook inside count, on its own targets', () => {
  const inner = runbookOf('- { id: it, on: db, sql: SELECT 1 }', PG);
  const outer = runbookOf('- { id: it, manual: Look. }', MY);
  const does = { kind: 'runbook', runbook: inner, with: {} } as const;
  expect(needed({ ...outer, steps: [{ ...stepOf(outer, 'it'), does }] })).toBe('postgres');
});
