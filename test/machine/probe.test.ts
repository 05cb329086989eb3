import { expect, test } from 'vitest';
import { shownAction } from '#run/values/shown-action.ts';
import { asked, executed, failure, stepping } from '../fixtures/orders-runbook.ts';

const REACH = `
  - id: reach
    probe: { tcp: { host: '\${{ targets.db.host }}', port: '\${{ targets.db.port }}', attempts: 2 } }
    expect: result.ms < 100
    next: [{ if: error.kind == "refused", goto: down }]
  - { id: after, manual: 'It took \${{ steps.reach.ms }} ms.' }
  - { id: down, manual: Nobody listens. }
`;

test('a probe is executed as a read, and a placeholder alone keeps the type of its value', () => {
  const run = stepping(REACH);
  expect(run.at.effects.at(-1)?.type).toBe('executeRead');
  expect(executed(run)).toMatchObject([
    {
      effect: 'read',
      action: {
        kind: 'probe',
        probe: 'tcp',
        params: { host: 'db1', port: 5432, attempts: 2 },
        timeoutMs: 10_000,
      },
    },
  ]);
});

test('what it returns can be expected, decided by and named later', () => {
  const run = stepping(REACH);
  const timing = { at: '2026-01-01T00:00:01Z', elapsedMs: 0 };
  run.send({ type: 'SUCCEEDED', result: { ms: 5 }, ...timing });
  expect(asked(run)).toMatchObject({ for: 'report', prompt: 'It took 5 ms.' });
  const slow = stepping(REACH);
  slow.send({ type: 'SUCCEEDED', result: { ms: 500 }, ...timing });
  expect(slow.state).toBe('reach.failed');
});

test('a kind of failure leads where the author says', () => {
  const run = stepping(REACH);
  run.send(failure('refused'));
  expect(run.state).toBe('down.asking');
});

test('a parameter without a value fails the step before anything is looked at', () => {
  const run = stepping(REACH, { targets: {} });
  expect(executed(run)).toMatchObject([{ action: { unresolved: expect.stringContaining('db') } }]);
});

test('a parameter that may hold a password is not shown', () => {
  const url = 'postgres://ada:hunter2@db1/shop';
  const shown = shownAction(
    { kind: 'probe', probe: 'login', params: { url, statement: 'SELECT 1' }, timeoutMs: 1 },
    { targets: {} },
  );
  expect(shown).toMatchObject({ kind: 'probe', where: 'here' });
  expect(shown.values).toEqual(['url: ‹secret:url›', 'statement: SELECT 1']);
});
