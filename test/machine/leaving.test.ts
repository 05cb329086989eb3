import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '#machine/event.ts';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const READ = '  - { id: one, effect: read, sql: SELECT 1 }\n';
const STORY = `
${READ}
  - { id: two, effect: read, sql: SELECT 2 }
  - { id: three, effect: read, sql: SELECT 3 }
`;
const UNTOLD = `
  - id: one
    effect: read
    sql: SELECT 1
    next:
      - { if: result.row.x > 1, finding: 'It is \${{ inputs.least }}.', goto: three }
      - { finding: Nothing., goto: two }
  - { id: two, effect: read, sql: SELECT 2 }
  - { id: three, effect: read, sql: SELECT 3 }
`;
const WITHOUT_SAYING = 'The runbook ended without saying how.';

/** Has told the run to stop, and the first step failed. */
function stoppedAndFailed(steps = STORY): Stepper {
  const run = stepping(steps);
  run.send({ type: 'STOP' });
  run.send(failure('refused'));
  expect(run.state).toBe('one.failed');
  return run;
}

describe('a run that was told to stop goes on with', () => {
  test.each<[string, MachineEvent, string]>([
    ['another attempt', { type: 'RETRY' }, 'one.running'],
    ['changed inputs', { type: 'EDIT', inputs: {}, targets: {} }, 'one.running'],
    ['what was done by hand', { type: 'MARK_DONE', evidence: 'seen' }, 'two.running'],
    ['a step that is skipped', { type: 'SKIP', reason: 'no' }, 'two.running'],
    ['a jump', { type: 'JUMP.three' }, 'three.running'],
  ])('%s', (_, event, state) => {
    const run = stoppedAndFailed();
    run.send(event);
    expect(run.state).toBe(state);
    run.rows({ n: 1 });
    expect(run.state).not.toBe(state.replace('running', 'succeeded'));
  });

  test.each<[MachineEvent, string]>([
    [{ type: 'CHOOSE.next', reason: '' }, 'two.running'],
    [{ type: 'CHOOSE.0', reason: '' }, 'three.running'],
  ])('what the operator chooses: $type', (event, state) => {
    const run = stepping(UNTOLD);
    run.send({ type: 'STOP' });
    run.rows({ y: 1 });
    expect(asked(run)).toMatchObject({ for: 'decision' });
    run.send(event);
    expect(run.state).toBe(state);
    expect(run.at.snapshot.context.stopping).toBe(false);
  });

  test('a step that was skipped at its gate', () => {
    const run = stepping(
      `  - { id: change, on: db, effect: change, preview: { sql: SELECT 1 }, sql: SELECT f() }\n${READ}`,
    );
    run.send({ type: 'STOP' });
    run.rows({ n: 1 });
    run.send({ type: 'SKIP', reason: 'no' });
    expect(run.state).toBe('change.skipped');
    expect(asked(run)).toMatchObject({ step: 'change', for: 'stopped' });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('one.running');
  });
});

describe('after a step failed, of the branches to choose from', () => {
  const UNREAD = `
  - id: one
    effect: read
    sql: SELECT 1
    next:
      - { if: error.kind == "refused" && result.row.x > 1, goto: fixed }
      - { if: error.kind == "dns", goto: worse }
  - { id: fixed, finish: { outcome: resolved, summary: It works. } }
  - { id: worse, finish: { outcome: escalated, summary: It does not. } }
`;

  test('none leads to an end that says resolved, by a clause or as the next step', () => {
    const run = stepping(UNREAD);
    run.send(failure('refused'));
    expect(asked(run)).toMatchObject({ for: 'decision', barred: [0, null] });
    for (const type of ['CHOOSE.0', 'CHOOSE.next'] as const) {
      run.send({ type, reason: 'it must be' });
      expect(run.state).toBe('one.failed');
    }
    run.send({ type: 'CHOOSE.1', reason: 'it is the name' });
    expect(recorded(run, 'branch.taken')).toMatchObject([{ by: 'operator', goto: 'worse' }]);
  });

  test('all can be chosen when it succeeded and a condition has no value', () => {
    const run = stepping(UNREAD.replace('error.kind == "refused" && ', ''));
    run.rows({ y: 1 });
    expect(asked(run)).toMatchObject({ for: 'decision' });
    expect(asked(run)).not.toHaveProperty('barred');
    run.send({ type: 'CHOOSE.0', reason: 'I looked' });
    expect(recorded(run, 'branch.taken')).toMatchObject([{ by: 'operator', goto: 'fixed' }]);
  });
});

describe('a failure', () => {
  test('is asked about with its error alone', () => {
    const run = stepping(STORY);
    run.send(failure('refused'));
    expect(asked(run)).toEqual({
      step: 'one',
      for: 'failure',
      reason: undefined,
      error: { kind: 'refused', message: 'it is refused' },
      item: undefined,
    });
    expect(recorded(run, 'step.settled')).toEqual([
      {
        type: 'step.settled',
        step: 'one',
        status: 'failed',
        error: { kind: 'refused', message: 'it is refused' },
      },
    ]);
  });

  test('that a clause names still waits when the run is to stop', () => {
    const steps = UNTOLD.replace('result.row.x > 1', 'error.kind == "refused"');
    const run = stoppedAndFailed(steps);
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'refused' } });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('three.running');
  });

  test('is over once the step has succeeded', () => {
    const run = stepping(STORY);
    run.send(failure('refused'));
    run.send({ type: 'RETRY' });
    run.rows({ n: 1 });
    expect(recorded(run, 'step.settled')).toEqual([
      { type: 'step.settled', step: 'one', status: 'succeeded' },
    ]);
    expect(run.at.snapshot.context.steps.one).not.toHaveProperty('error');
  });

  test('does not wait for what only a stopped run does', () => {
    const run = stepping(STORY);
    run.send(failure('refused'));
    expect(run.send({ type: 'CONTINUE' })).toEqual([]);
    expect(run.state).toBe('one.failed');
  });
});

test('a failure that a clause names is not asked about', () => {
  const run = stepping(UNTOLD.replace('result.row.x > 1', 'error.kind == "refused"'), {
    auto: false,
  });
  run.send({ type: 'CONTINUE' });
  run.send(failure('refused'));
  const asks = run.at.effects.flatMap(({ type, params }) => (type === 'await' ? [params] : []));
  expect(asks).toMatchObject([{ step: 'three', for: 'start' }]);
});

describe('what the operator decides', () => {
  test('is recorded with the reason, and what the clause found', () => {
    const run = stepping(UNTOLD);
    run.rows({ y: 1 });
    run.send({ type: 'CHOOSE.0', reason: 'I looked' });
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause: 0, goto: 'three', by: 'operator', reason: 'I looked', finding: 'It is 4.' },
    ]);
  });

  test('in order has no finding', () => {
    const run = stepping(UNTOLD);
    run.rows({ y: 1 });
    run.send({ type: 'CHOOSE.next', reason: 'no idea' });
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause: null, goto: 'two', by: 'operator', reason: 'no idea' },
    ]);
    expect(recorded(run, 'branch.taken')[0]).not.toHaveProperty('finding');
  });

  test.each(['CHOOSE.next', 'CHOOSE.0'] as const)(
    'is not asked for where a condition decides: %s',
    (type) => {
      const run = stepping(UNTOLD);
      run.send({ type: 'STOP' });
      run.rows({ x: 9 });
      expect(run.state).toBe('one.succeeded');
      expect(run.send({ type, reason: '' })).toEqual([]);
      expect(run.state).toBe('one.succeeded');
    },
  );

  test('is asked once, and not again before it is decided', () => {
    const run = stepping(UNTOLD);
    run.rows({ y: 1 });
    expect(run.send({ type: 'CONTINUE' })).toEqual([]);
  });

  test('may be the end of the story', () => {
    const run = stepping(`${READ}`.replace(' }', ', next: [{ if: result.row.x > 1 }] }'));
    run.rows({ y: 1 });
    run.send({ type: 'CHOOSE.next', reason: '' });
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'unresolved', summary: WITHOUT_SAYING },
    ]);
    expect(recorded(run, 'branch.taken')).toMatchObject([{ goto: 'finished' }]);
  });
});

describe('a story that runs off its end', () => {
  test('has not said how it ended', () => {
    const run = stepping(READ);
    run.rows({ n: 1 });
    expect(recorded(run, 'branch.taken')).toEqual([
      {
        type: 'branch.taken',
        step: 'one',
        values: [],
        notTaken: [],
        clause: null,
        goto: 'finished',
        by: 'order',
      },
    ]);
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'unresolved', summary: WITHOUT_SAYING },
    ]);
  });

  test('may do so by a clause that says only what was found', () => {
    const run = stepping(READ.replace(' }', ', next: [{ finding: Seen. }] }'));
    run.rows({ n: 1 });
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause: 0, by: 'default', goto: 'finished', finding: 'Seen.' },
    ]);
    expect(recorded(run, 'run.finished')).toMatchObject([{ outcome: 'unresolved' }]);
  });
});

describe('in a runbook that runs as a step', () => {
  const CHILD = `
name: child
title: Child
summary: It looks.
targets: { db: { database: 'postgres://localhost/shop', engine: postgres } }
steps:
  - id: look
    effect: read
    sql: SELECT 1
    next:
      - { if: result.row.x > 1, finding: 'More than \${{ result.row_count }}.' }
      - { finding: Not more. }
`;
  const PARENT = `
  - { id: call, runbook: child }
  - { id: after, effect: read, sql: SELECT 9 }
`;
  const calling = (child = CHILD) => stepping(PARENT, {}, { others: { child } });

  test('a story that runs off its end goes on in the other one', () => {
    const run = calling();
    run.rows({ x: 9 });
    expect(recorded(run, 'branch.taken')[0]).toMatchObject({ step: 'call/look', goto: 'call' });
    expect(recorded(run, 'child.finished')).toEqual([
      {
        type: 'child.finished',
        step: 'call',
        outcome: 'unresolved',
        summary: WITHOUT_SAYING,
        findings: ['More than 1.'],
      },
    ]);
    expect(recorded(run, 'run.finished')).toEqual([]);
    expect(executed(run)).toMatchObject([{ step: 'after' }]);
  });

  test('what the operator chooses is found as well', () => {
    const run = calling();
    run.rows({ y: 9 });
    run.send({ type: 'CHOOSE.1', reason: '' });
    expect(recorded(run, 'child.finished')).toMatchObject([{ findings: ['Not more.'] }]);
    const other = calling();
    other.rows({ y: 9 });
    other.send({ type: 'CHOOSE.0', reason: '' });
    expect(recorded(other, 'child.finished')).toMatchObject([{ findings: ['More than 1.'] }]);
  });

  test('a finding that cannot be said of a skipped step is none', () => {
    const steps = CHILD.replace('effect: read', "effect: read\n    if: 'false'")
      .replace(/ {6}- \{ if.*\n/, '')
      .replace('Not more.', "'It is ${{ result.row.x }}.'");
    const run = calling(steps);
    expect(recorded(run, 'child.finished')).toMatchObject([{ findings: [] }]);
  });
});
