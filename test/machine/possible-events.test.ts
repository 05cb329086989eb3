import { expect, test } from 'vitest';
import type { MachineEvent } from '#machine/event.ts';
import { nameOfEvent, possibleEvents } from '#machine/possible-events.ts';
import { failure, gate, stepping } from '../fixtures/orders-runbook.ts';

const INNER = `
name: inner
title: Inner
summary: It asks.
inputs: { word: {} }
steps:
  - { id: see, effect: read, shell: 'true' }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;
const STEPS = `
  - id: look
    effect: read
    shell: 'true'
    parse: json
    next: [{ if: result.json.x == 1, goto: done }, { if: error.kind == "timeout", goto: hand }]
  - { id: change, effect: change, shell: 'true', undo: { shell: 'true' } }
  - { id: which, ask: { question: Which?, type: choice, choices: [a, b] } }
  - { id: call, runbook: inner, with: { word: x } }
  - { id: hand, manual: Do it. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const REASON = { reason: 'x' };

/** Every event that an operator could send, with something in it. */
const EVENTS: readonly MachineEvent[] = [
  ...(['CONTINUE', 'REFRESH', 'RETRY', 'RECHECK', 'STOP'] as const).map((type) => ({ type })),
  ...(['DECLINE', 'SKIP', 'ABORT'] as const).map((type) => ({ type, ...REASON })),
  { type: 'CONFIRM', digest: 'x' },
  { type: 'ANSWER', value: 'x' },
  { type: 'REPORT', done: true, evidence: 'x' },
  { type: 'MARK_DONE', evidence: 'x' },
  { type: 'AUTO', on: false },
  { type: 'EDIT', inputs: {}, targets: {} },
  ...(['next', 0, 1, 2] as const).map((clause) => ({
    type: `CHOOSE.${clause}` as const,
    ...REASON,
  })),
  ...['look', 'change', 'call', 'call/see', 'done'].map((id) => ({ type: `JUMP.${id}` as const })),
  ...['change', 'look'].map((id) => ({ type: `UNDO.${id}` as const })),
];
const OK: MachineEvent = {
  ...{ type: 'SUCCEEDED', result: { stdout: '1', exit_code: 0 } },
  ...{ at: '2026-01-01T00:00:01Z', elapsedMs: 0 },
};

type Run = ReturnType<typeof stepping>;
const begun = (options: Parameters<typeof stepping>[1] = {}): Run =>
  stepping(STEPS, options, { others: { inner: INNER } });

/** What the operator can do in a state; it must be exactly what the machine would take there. */
function offered(run: Run): readonly string[] {
  const { snapshot } = run.at;
  const possible = possibleEvents(snapshot);
  const taken = EVENTS.filter((event) => snapshot.can(event)).map(({ type }) => type);
  expect(EVENTS.map(({ type }) => type).filter((type) => possible.has(type))).toEqual(taken);
  return taken;
}

test('a state offers exactly the events that the machine takes in it', () => {
  const run = begun();
  expect(offered(run)).toEqual(['STOP', 'AUTO']);
  run.send(OK);
  expect(offered(run)).toEqual(
    expect.arrayContaining(['CHOOSE.next', 'CHOOSE.0', 'CHOOSE.1', 'JUMP.look', 'ABORT']),
  );
  expect(offered(run)).not.toContain('CONTINUE');
  run.send({ type: 'CHOOSE.next', reason: '' });
  expect(offered(run)).toEqual(expect.arrayContaining(['CONFIRM', 'DECLINE', 'REFRESH', 'SKIP']));
  run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
  expect(offered(run)).not.toContain('UNDO.change');
  run.send(OK);
  expect(offered(run)).toEqual(expect.arrayContaining(['ANSWER', 'UNDO.change']));
  expect(offered(run)).not.toContain('UNDO.look');
  run.send({ type: 'ANSWER', value: 'a' });
  run.send(failure('exit'));
  expect(offered(run)).toEqual(expect.arrayContaining(['RETRY', 'EDIT', 'JUMP.call/see']));
  run.send({ type: 'SKIP', reason: '' });
  expect(offered(run)).toContain('REPORT');
});

test('a state offers no choice after a condition that was decided, and no going on unless it stopped', () => {
  const run = begun();
  run.send(failure('exit'));
  expect(offered(run)).toEqual(expect.arrayContaining(['RETRY', 'MARK_DONE', 'SKIP']));
  expect(offered(run)).not.toContain('CONTINUE');
  expect(offered(run)).not.toContain('CHOOSE.next');
  const stopped = begun();
  stopped.send({ type: 'STOP' });
  stopped.send(failure('timeout'));
  expect(offered(stopped)).toContain('CONTINUE');
});

test('a state offers an edit only where its runbook has an input', () => {
  const none = begun({ inputs: {} });
  none.send(failure('exit'));
  expect(offered(none)).not.toContain('EDIT');
  const some = begun();
  some.send(failure('exit'));
  expect(offered(some)).toContain('EDIT');
  const held = begun({ auto: false, inputs: {} });
  expect(offered(held)).toEqual(expect.arrayContaining(['CONTINUE', 'SKIP']));
  expect(offered(held)).not.toContain('EDIT');
});

test('the name of an event is that of its type without a step or a clause', () => {
  expect(nameOfEvent('JUMP.call/see')).toBe('JUMP');
  expect(nameOfEvent('CHOOSE.next')).toBe('CHOOSE');
  expect(nameOfEvent('MARK_DONE')).toBe('MARK_DONE');
});
