import { describe, expect, test } from 'vitest';
import type { OpenGate } from '#machine/effect.ts';
import { possibleEvents } from '#machine/possible-events.ts';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const CHANGE = `
  - id: change
    on: db
    sql: SELECT do_it()
    verify: { sql: SELECT free, until: result.row.free >= inputs.least, within: 10s, every: 2s }
    undo: { sql: SELECT undo_it() }
  - { id: after, manual: Look. }
`;

const UNCHECKED = `
  - { id: change, on: db, sql: SELECT do_it() }
  - { id: after, manual: Look. }
`;

const UNKNOWN = { type: 'UNKNOWN', error: { kind: 'reset', message: 'the line was cut' } } as const;

function gateOf({ at }: Stepper): OpenGate | undefined {
  return at.effects.flatMap((effect) => (effect.type === 'openGate' ? [effect.params] : [])).at(-1);
}

function confirm(run: Stepper, phrase?: string): void {
  const { digest = '' } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, previewAgeMs: 0, ...(phrase && { phrase }) });
}

/** Stands where the outcome of the change has just become unknown. */
function lost(steps = CHANGE, rules = { looksFirst: true } as { looksFirst?: true }): Stepper {
  const run = stepping(steps, rules);
  confirm(run);
  run.send(UNKNOWN);
  return run;
}

/** Stands at the first gate of a change of each of so many items. */
function listed(items: number, gate = ''): Stepper {
  const list = Array.from({ length: items }, (_, index) => index + 1);
  return stepping(
    `
  - id: change
    for_each: '${JSON.stringify(list)}'
    as: n
    on: db
    sql: SELECT do_it(\${{ n }})
    ${gate}
  - { id: after, manual: Look. }
`,
    { looksFirst: true },
  );
}

/** The last item's change is made, and the operator goes back to the first one. */
function confirmAndReturn(run: Stepper): void {
  confirm(run);
  run.rows({ done: true });
  run.send({ type: 'JUMP.change' });
}

function check(run: Stepper, free: number, elapsedMs = 10_000): void {
  const result = { columns: ['free'], rows: [{ free }], row_count: 1 };
  run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:02Z', elapsedMs });
}

describe('a change whose outcome is unknown', () => {
  test('is checked before the operator is asked', () => {
    const run = lost();
    expect(executed(run)).toMatchObject([{ part: 'verify', effect: 'read' }]);
    expect(asked(run)).toBeUndefined();
  });

  test('is checked by the process that takes the run over', () => {
    const run = stepping(CHANGE, { looksFirst: true });
    confirm(run);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
    check(run, 9);
    expect(asked(run)).toMatchObject({ for: 'unknown', why: { check: 'passed' } });
  });

  test('had not been started when it was not: its gate is put again', () => {
    const run = stepping(CHANGE, { looksFirst: true });
    confirm(run);
    run.send({ type: 'INTERRUPTED', started: false });
    expect(run.state).toBe('change.gate');
    expect(gateOf(run)?.unsettled).toBeUndefined();
  });

  test('that took effect, by its check, is continued by the operator, without its error', () => {
    const run = lost();
    check(run, 9);
    expect(asked(run)).toMatchObject({
      for: 'unknown',
      why: { kind: 'unknown', part: 'action', check: 'passed' },
    });
    expect(possibleEvents(run.at.snapshot)).toContain('CONTINUE');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('after.asking');
    expect(recorded(run, 'step.settled')).toEqual([
      { type: 'step.settled', step: 'change', status: 'succeeded' },
    ]);
  });

  test('is checked for as long as its verification may take', () => {
    const run = lost();
    check(run, 1, 0);
    expect(run.state).toBe('change.pausing');
    run.send({ type: 'TIMER' });
    check(run, 1);
    expect(asked(run)).toMatchObject({ for: 'unknown', why: { check: 'not-passed' } });
    expect(possibleEvents(run.at.snapshot)).not.toContain('CONTINUE');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('change.unknown');
  });

  test.each([
    ['cannot be made', (run: Stepper) => run.send(failure('refused', { elapsedMs: 10_000 }))],
    ['is lost as well', (run: Stepper) => run.send(UNKNOWN)],
  ])('is asked about with the error of its check if that %s', (_, end) => {
    const run = lost();
    end(run);
    expect(asked(run)).toMatchObject({
      for: 'unknown',
      error: { kind: 'reset' },
      why: { check: 'failed', problem: expect.any(String) },
    });
  });

  test('is asked about at once when the operator has stopped the run', () => {
    const run = stepping(CHANGE, { looksFirst: true });
    confirm(run);
    run.send({ type: 'STOP' });
    run.send(UNKNOWN);
    expect(asked(run)).toMatchObject({ for: 'unknown', why: { kind: 'unknown', part: 'action' } });
  });

  test('is asked about as soon as the operator stops its check', () => {
    const run = lost();
    check(run, 1, 0);
    run.send({ type: 'STOP' });
    expect(asked(run)).toMatchObject({ for: 'unknown', why: { check: 'none' } });
  });

  test('can be checked again, which then goes on by itself', () => {
    const run = lost();
    check(run, 1);
    run.send({ type: 'RECHECK' });
    check(run, 9);
    expect(run.state).toBe('after.asking');
  });

  test('is asked about at once without a verification, and in a run that began without the rule', () => {
    expect(asked(lost(UNCHECKED))).toMatchObject({ for: 'unknown' });
    expect(asked(lost(CHANGE, {}))).toMatchObject({ for: 'unknown' });
  });

  test('is checked in a run of an earlier release once this one has resumed it', () => {
    const run = stepping(CHANGE);
    confirm(run);
    run.send({ type: 'INTERRUPTED', started: true, looksFirst: true });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
  });
});

describe('the gate after an unknown outcome', () => {
  test.each([
    ['passed', (run: Stepper) => check(run, 9)],
    ['not-passed', (run: Stepper) => check(run, 1)],
    ['failed', (run: Stepper) => run.send(UNKNOWN)],
  ] as const)('says what the check said: %s', (unsettled, end) => {
    const run = lost();
    end(run);
    run.send({ type: 'RETRY' });
    expect(gateOf(run)).toMatchObject({ unsettled, level: 'type', phrase: 'change' });
  });

  test('has another digest, which the earlier confirmation does not open, nor a key', () => {
    const first = stepping(UNCHECKED, { looksFirst: true });
    const before = gateOf(first);
    expect(before).toMatchObject({ level: 'key' });
    expect(before?.phrase).toBeUndefined();
    confirm(first);
    first.send(UNKNOWN);
    first.send({ type: 'RETRY' });
    expect(gateOf(first)?.digest).not.toBe(before?.digest);
    first.send({ type: 'CONFIRM', digest: before?.digest ?? '', previewAgeMs: 0 });
    confirm(first);
    confirm(first, 'another');
    expect(first.state).toBe('change.gate');
    confirm(first, 'change');
    expect(executed(first)).toMatchObject([{ part: 'action' }]);
  });

  test('says it after a skip and a jump back, and until the change is known to have run', () => {
    const run = lost();
    check(run, 1);
    run.send({ type: 'SKIP', reason: 'later' });
    run.send({ type: 'JUMP.change' });
    expect(gateOf(run)).toMatchObject({ unsettled: 'not-passed' });
    confirm(run, 'change');
    run.rows({ done: true });
    check(run, 9);
    run.send({ type: 'JUMP.change' });
    expect(gateOf(run)?.unsettled).toBeUndefined();
  });

  test.each([
    ['continued', (run: Stepper) => run.send({ type: 'CONTINUE' })],
    ['marked done', (run: Stepper) => run.send({ type: 'MARK_DONE', evidence: 'seen' })],
  ])('does not say it once it was %s', (_, settle) => {
    const run = lost();
    check(run, 9);
    settle(run);
    run.send({ type: 'JUMP.change' });
    expect(gateOf(run)).toMatchObject({ unsettled: undefined, level: 'key' });
  });

  test('says it again after a second attempt that failed', () => {
    const run = lost();
    check(run, 1);
    run.send({ type: 'RETRY' });
    confirm(run, 'change');
    run.send(failure('lock'));
    run.send({ type: 'RETRY' });
    expect(gateOf(run)).toMatchObject({ unsettled: 'not-passed' });
  });

  test('is that of the item alone', () => {
    const run = listed(2);
    confirm(run);
    run.send(UNKNOWN);
    run.send({ type: 'SKIP', reason: 'later' });
    expect(gateOf(run)).toMatchObject({ item: { index: 2 } });
    expect(gateOf(run)?.unsettled).toBeUndefined();
    confirmAndReturn(run);
    expect(gateOf(run)).toMatchObject({ item: { index: 1 }, unsettled: 'none', level: 'type' });
  });

  test('of a list says it if one of its items ran before', () => {
    const run = listed(3, 'gate: all');
    confirm(run);
    run.rows({ done: true });
    run.send(UNKNOWN);
    run.send({ type: 'SKIP', reason: 'later' });
    expect(gateOf(run)).toMatchObject({ item: { index: 3 } });
    confirmAndReturn(run);
    expect(gateOf(run)).toMatchObject({ unsettled: 'none', level: 'type', phrase: 'change' });
    expect(gateOf(run)?.all).toHaveLength(3);
  });

  test('of an undo says it as well, until it is undone', () => {
    const run = stepping(CHANGE, { looksFirst: true });
    confirm(run);
    run.rows({ done: true });
    check(run, 9);
    run.send({ type: 'UNDO.change' });
    confirm(run);
    run.send(UNKNOWN);
    expect(asked(run)).toMatchObject({ for: 'unknown', part: 'undo' });
    run.send({ type: 'RETRY' });
    expect(gateOf(run)).toMatchObject({ part: 'undo', unsettled: 'none', level: 'type' });
    confirm(run, 'change');
    run.rows({ done: true });
    expect(run.at.snapshot.context.unsettled).toEqual({});
  });

  test('is the same as ever in a run that began without the rule', () => {
    const run = lost(UNCHECKED, {});
    run.send({ type: 'RETRY' });
    expect(gateOf(run)).toMatchObject({ level: 'key', unsettled: undefined });
  });
});
