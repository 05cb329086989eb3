import { describe, expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { frameOf, typing } from '../../fixtures/frame.tsx';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';

const START = '2026-11-21 17:19:0';
const AT_GATE = { type: 'operator.awaited', step: 'terminate_idle', for: 'gate' } as const;

/** Nine sessions, as a runbook pins them. */
function sessions(pids: readonly number[]) {
  return pids.map((pid) => ({
    ...{ pid, backend_start: `${START}${pid % 10}.512+00`, usename: 'shop' },
    ...{ client_addr: '10.0.7.20', state: 'idle', last_query: 'SELECT * FROM carts WHERE id = $1' },
  }));
}

/** A gate whose statement names every session it pinned. */
function gateFor(pids: readonly number[]): EventOf<'gate.opened'> {
  const gate = story.atGate.events
    .map(({ event }) => event)
    .find(({ type }) => type === 'gate.opened');
  if (gate?.type !== 'gate.opened') throw new Error('there is no gate');
  const rows = sessions(pids);
  const pairs = pids.map((_, index) => `($${index * 2 + 1}, $${index * 2 + 2})`).join(', ');
  return {
    ...gate,
    action: {
      ...gate.action,
      text: `SELECT pid, pg_terminate_backend(pid) AS ended\nFROM pg_stat_activity\nWHERE (pid, backend_start) IN (${pairs})\n  AND state = 'idle'\nORDER BY pid`,
      values: rows.flatMap(({ pid, backend_start: at }) => [String(pid), at]),
    },
    preview: {
      columns: Object.keys(rows[0] ?? {}),
      rows,
      freshForMs: 30_000,
      at: '2026-11-21T03:12:28.176Z',
    },
  };
}

const PIDS = [11278, 11279, 11280, 11281, 11282, 11283, 11284, 11285, 11286];

/** The gate, refused for its age and put again. */
function askedAgain(now: readonly number[]): EventLog {
  const gate = gateFor(PIDS);
  return questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    gate,
    { ...AT_GATE, can: ['confirm', 'decline', 'refresh'] },
    {
      ...{ type: 'gate.answered', step: 'terminate_idle', answer: 'refused', operator: 'ana' },
      ...{ digest: gate.digest, phrase: 'shop', reason: 'the rows were too old' },
    },
    gateFor(now),
    { ...AT_GATE, can: ['confirm', 'decline', 'refresh'] },
  );
}

test('at 80 by 24 whom it hits is in sight, and what is left out is said and can be scrolled to', () => {
  const log = questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    gateFor(PIDS),
    { ...AT_GATE, can: ['confirm', 'decline', 'refresh'] },
  );
  const frame = frameOf(log);
  expect(frame).toContain('$1–$18 = pid, backend_start of the 9 rows below: Tab shows all');
  expect(frame.match(/\b112\d\d\b/g)?.length).toBeGreaterThanOrEqual(4);
  expect(frame).toContain('… 2 more lines: Tab shows all');
  expect(frame).toContain('… 5 more rows');
  expect(frame).toContain('Their clients get 57P01');
  const end = frameOf(log, { keys: typing('  ') });
  expect(end).toContain('11286');
  expect(end).toContain('not shown: ');
  expect(end).toContain('Type shop to run it: ▏');
});

test('the columns that identify the rows are whole, before others that only inform', () => {
  const log = questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    gateFor(PIDS),
    { ...AT_GATE, can: ['confirm', 'decline', 'refresh'] },
  );
  for (const columns of [80, 100])
    expect(frameOf(log, { columns })).toMatch(/11278 +2026-11-21 17:19:08\.512\+00/);
});

test('a value that only happens to stand in a row is shown', () => {
  const gate = gateFor(PIDS.slice(0, 2));
  const values = ['11279', 'shop', '11278', 'shop'];
  const log = questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    { ...gate, action: { ...gate.action, text: 'ALTER USER $2 LIMIT $1', values } },
    { ...AT_GATE, can: ['confirm', 'decline'] },
  );
  expect(frameOf(log)).toContain('$1 = 11279   $2 = shop   $3 = 11278   $4 = shop');
});

test('a statement without values is not said to have any', () => {
  const gate = gateFor(PIDS);
  const log = questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    { ...gate, action: { ...gate.action, text: 'FLUSH SSL', values: [] } },
    { ...AT_GATE, can: ['confirm', 'decline'] },
  );
  expect(frameOf(log)).toContain('FLUSH SSL');
  expect(frameOf(log)).not.toContain('$1');
});

test('a gate that is put again says what became of the rows, and still shows some', () => {
  const same = frameOf(askedAgain(PIDS));
  expect(same).toContain('confirm again: the rows were too old');
  expect(same).toContain('since then: the same 9 rows');
  expect(same).toMatch(/\b11278\b/);
  const other = frameOf(askedAgain([...PIDS.slice(1), 11291, 11300]));
  expect(other).toContain('since then: 1 gone: 11278 · 2 new: 11291, 11300');
});

describe('what became of rows', () => {
  const pinned = (rows: readonly Record<string, string | number>[]) => ({
    ...{ columns: Object.keys(rows[0] ?? { pid: 1 }), rows, freshForMs: 1, at: '' },
  });
  test('a row is told by the first columns that tell all apart; other values are named', () => {
    const before = pinned([
      { host: 'a', pid: 1, idle: 5 },
      { host: 'a', pid: 2, idle: 6 },
    ]);
    const now = pinned([
      { host: 'a', pid: 1, idle: 9 },
      { host: 'a', pid: 2, idle: 6 },
    ]);
    expect(rowsSince(before, now)).toBe('the same 2 rows, other values of idle');
    expect(rowsSince(before, pinned([{ host: 'a', pid: 3, idle: 1 }]))).toMatch(
      /^2 gone: .* · 1 new: /,
    );
  });
  test('one row with another number is not called the same', () => {
    const one = (pid: number) => pinned([{ app: 'web', pid }]);
    expect(rowsSince(one(1), one(2))).toBe('1 row then as now, other values of pid');
    expect(rowsSince(one(1), one(1))).toBe('the same 1 row');
    const equal = { app: 'web' };
    expect(rowsSince(pinned([equal, equal, equal]), pinned([equal]))).toBe('3 rows then, 1 now');
  });
  test('many are counted, not all named', () => {
    const many = Array.from({ length: 9 }, (_, pid) => ({ pid }));
    expect(rowsSince(pinned(many), pinned([{ pid: 99 }]))).toBe(
      '9 gone: 0, 1, 2, 3, 4 and 4 more · 1 new: 99',
    );
  });
});
