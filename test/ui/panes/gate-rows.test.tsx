import { describe, expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import { rowsSince } from '#events/view/rows-since.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { frameOf } from '../../fixtures/frame.tsx';
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

function atGate(gate: EventOf<'gate.opened'>): EventLog {
  return questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    gate,
    { ...AT_GATE, can: ['confirm', 'decline', 'refresh'] },
  );
}

test('at 80 by 24 equal rows are one group, and each of them is in the details', () => {
  const log = atGate(gateFor(PIDS));
  const frame = frameOf(log);
  expect(frame).toContain('WHERE (pid, backend_start) IN (($1, $2), … ($17, $18))');
  expect(frame).toContain('$1–$18 = pid, backend_start of the 9 rows below: Tab shows all');
  expect(frame).toMatch(/# +rows +pid/);
  expect(frame).toMatch(/a +9 +11278 …/);
  expect(frame).toContain('in all rows:   usename shop   client_addr 10.0.7.20   state idle');
  expect(frame.indexOf('in all rows')).toBeLessThan(frame.search(/a +9 +11278/));
  expect(frame).toContain('Their clients get 57P01');
  expect(frame).toContain('Type shop to run it: ▏');
  const details = frameOf(log, { keys: [{ name: 'tab' }], rows: 80 });
  for (const pid of PIDS) expect(details).toContain(String(pid));
});

test('of one group the first page says who they are before it says which', () => {
  const log = atGate(gateFor(PIDS));
  for (const rows of [18, 19, 20, 21]) {
    const frame = frameOf(log, { rows });
    expect(frame, String(rows)).toContain('in all rows:   usename shop');
  }
});

test('the columns that identify the rows are whole, before others that only inform', () => {
  const log = atGate(gateFor(PIDS.slice(0, 4)));
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

/** A gate of the library: a long statement and a warning of five lines, with so many sessions. */
function fullGate(count: number): EventLog {
  const gate = gateFor(Array.from({ length: count }, (_, index) => 11_000 + index));
  const preview = gate.preview && {
    ...gate.preview,
    rows: gate.preview.rows.map((row, at) => ({
      ...row,
      ...{ idle: `00:${String(10 + (at % 50))}:00`, usename: at === 9 ? 'billing' : 'shop' },
    })),
    columns: [...gate.preview.columns, 'idle'],
  };
  const warning =
    'Clients see an error (57P01) at the next use. A pool that validates its connections reconnects silently; one that does not shows a burst of errors. The server does not show every LISTEN and every cursor WITH HOLD, and no temporary tables of other databases: leave out the sessions that need them.';
  return atGate({ ...gate, ...(preview && { preview }), warning });
}

test.each([37, 400])('%i sessions are one screen at 80 by 24, and need no Space', (count) => {
  const frame = frameOf(fullGate(count));
  expect(frame).toMatch(/a +1 +11009 +billing/);
  expect(frame).toMatch(new RegExp(`b +${count - 1} +11000 … +shop`));
  expect(frame).toContain('║ need them. ');
  expect(frame).toContain(`${count} sessions to terminate`);
  expect(frame).toContain('Type shop to run it: ▏');
});

test('End goes to the end of a gate that is longer than the screen', () => {
  const gate = gateFor(PIDS);
  const text = Array.from({ length: 60 }, (_, line) => `echo ${line}`).join('\n');
  const { preview: _, ...rest } = gate;
  const log = atGate({ ...rest, action: { ...gate.action, kind: 'shell', text, values: [] } });
  expect(frameOf(log)).toContain('Space to the end first');
  expect(frameOf(log, { keys: [{ name: 'end' }] })).toContain('Type shop to run it: ▏');
});
