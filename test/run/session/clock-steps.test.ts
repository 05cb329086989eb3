import { describe, expect, test, vi } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-11-21T03:12:00.000Z');

function rows(...values: readonly number[]): StepOutcome {
  const all = values.map((a) => ({ a }));
  const row = all[0] ?? null;
  return { status: 'succeeded', result: { rows: all, row, row_count: all.length, columns: ['a'] } };
}

const PREVIEWED = `
name: inline
title: Old rows
summary: Confirms rows.
targets: { db: { database: postgres://ada@h:1/shop } }
steps:
  - id: end
    on: db
    effect: change
    preview: { sql: SELECT a FROM t, fresh_for: 30s }
    sql: DELETE FROM t WHERE (a) IN (\${{ preview.rows }})
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const WAITS = `
name: inline
title: A wait
summary: Waits for something.
targets: { db: { database: postgres://ada@h:1/shop } }
steps:
  - id: wait
    on: db
    wait: { sql: SELECT a FROM t, until: result.row.a == 2, within: 60s, every: 2s }
    next: [{ if: 'error.kind == "timeout"', goto: ask }]
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

/** A run on two clocks, of which the one on the wall can be set. */
function onTwoClocks(text: string) {
  const at = { wall: START, since: 0 };
  const run = recordedSession(text, {
    // One more row has come when they are read again before the change.
    ends: (_, part) => (part === 'recheck' ? rows(1, 2) : rows(1)),
    parts: { clock: () => new Date(at.wall), monotonic: () => at.since },
  });
  return {
    run,
    pass(ms: number) {
      at.wall += ms;
      at.since += ms;
    },
    set(ms: number) {
      at.wall += ms;
    },
  };
}

describe('while a gate is open', () => {
  test.each([
    ['set back by an hour, rows still grow old', -HOUR_MS, 31_000, 31_000],
    ['set ahead by an hour, rows count as that much older', HOUR_MS, 1_000, HOUR_MS + 1_000],
  ])('and the clock is %s', async (_, step, passed, age) => {
    const { run, pass, set } = onTwoClocks(PREVIEWED);
    run.begin();
    await asks(run, 'gate');
    const gates = () => run.events.filter(({ type }) => type === 'gate.opened').length;
    set(step);
    pass(passed);
    confirmGate(run);
    await vi.waitFor(() => expect(gates()).toBe(2));
    const answers = run.events.filter(({ type }) => type === 'gate.answered');
    expect(answers).toMatchObject([{ answer: 'confirmed', previewAgeMs: age }]);
    expect(run.deeds).not.toContain('execute end action');
    expect(run.reported).toEqual([]);
  });

  test('and the clock is set back, fresh rows are confirmed as they are', async () => {
    const { run, pass, set } = onTwoClocks(PREVIEWED);
    run.begin();
    await asks(run, 'gate');
    set(-HOUR_MS);
    pass(1_000);
    confirmGate(run);
    await asks(run, 'report');
    expect(run.deeds).toContain('execute end action');
  });
});

test.each([
  ['back', -HOUR_MS],
  ['ahead', HOUR_MS],
])('a wait lasts as long as it says when the clock is set %s meanwhile', async (_, step) => {
  const { run, pass, set } = onTwoClocks(WAITS);
  const looks = () => run.events.filter(({ type }) => type === 'step.finished').length;
  run.begin();
  await vi.waitFor(() => expect(run.deeds).toContain('arm 2000'));
  set(step);
  for (let passed = 2_000; passed < 60_000; passed += 2_000) {
    const before = looks();
    pass(2_000);
    run.ring();
    await vi.waitFor(() => expect(looks()).toBe(before + 1));
    await vi.waitFor(() =>
      expect(run.deeds.filter((it) => it === 'arm 2000')).toHaveLength(looks()),
    );
  }
  pass(2_000);
  run.ring();
  await asks(run, 'report');
  const settled = run.events.find((event) => event.type === 'step.settled') as
    | EventOf<'step.settled'>
    | undefined;
  expect(settled).toMatchObject({ step: 'wait', status: 'failed' });
});

test('a transcript of a run whose clock was set back has no times below zero', async () => {
  const { run, pass, set } = onTwoClocks(PREVIEWED);
  run.begin();
  await asks(run, 'gate');
  set(-HOUR_MS);
  pass(1_000);
  confirmGate(run);
  await asks(run, 'report');
  const text = transcriptMarkdown(run.records, { outputs: () => undefined });
  expect(text).not.toMatch(/NaN|-\d+(?:\.\d+)? ?(?:ms|s|min|h)\b|\+-|- ?\d\d:\d\d:\d\d/);
  expect(text).toContain('Old rows');
});
