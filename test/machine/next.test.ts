import { describe, expect, test } from 'vitest';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const COUNT = `
  - id: count
    effect: read
    sql: SELECT 1
    next:
      - if: error.kind == "timeout"
        finding: It took too long.
        goto: slow
      - if: result.row.waiting > inputs.least
        finding: \${{ result.row.waiting }} orders wait.
        goto: many
      - finding: Nothing waits.
        goto: few
  - { id: after, manual: Look. }
  - { id: slow, manual: Look. }
  - { id: many, manual: Look. }
  - { id: few, manual: Look. }
`;

describe('after a success, the first true clause wins', () => {
  test('with its finding and the values that made it', () => {
    const run = stepping(COUNT);
    run.rows({ waiting: 9 });
    expect(run.state).toBe('many.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([
      {
        clause: 1,
        by: 'condition',
        goto: 'many',
        finding: '9 orders wait.',
        values: [
          { name: 'result.row.waiting', value: 9 },
          { name: 'inputs.least', value: 4 },
        ],
      },
    ]);
  });

  test('else the default', () => {
    const run = stepping(COUNT);
    run.rows({ waiting: 1 });
    expect(run.state).toBe('few.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause: 2, by: 'default', finding: 'Nothing waits.' },
    ]);
  });

  test('else the next step', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: SELECT 1, next: [{ if: result.row.waiting > 5, goto: last }] }
  - { id: after, manual: Look. }
  - { id: last, manual: Look. }
`);
    run.rows({ waiting: 1 });
    expect(run.state).toBe('after.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause: null, by: 'order', goto: 'after' },
    ]);
  });

  test('a clause without goto says its finding and goes on with the next step', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: SELECT 1, next: [{ finding: Counted. }] }
  - { id: after, manual: Look. }
`);
    run.rows({ waiting: 1 });
    expect(run.state).toBe('after.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([{ finding: 'Counted.', goto: 'after' }]);
  });
});

describe('after a failure', () => {
  test('a clause that names the error is taken', () => {
    const run = stepping(COUNT);
    run.send(failure('timeout'));
    expect(run.state).toBe('slow.asking');
  });

  test.each(['refused', 'unknown', 'cancelled'] as const)(
    'neither the default nor a clause about the result is: %s asks the operator',
    (kind) => {
      const run = stepping(COUNT);
      run.send(failure(kind));
      expect(run.state).toBe('count.failed');
      expect(asked(run)).toMatchObject({ for: 'failure', error: { kind } });
      expect(recorded(run, 'branch.taken')).toEqual([]);
    },
  );

  test('a clause that is true of what came back, but does not name the error, is not taken', () => {
    const run = stepping(COUNT);
    const result = { columns: ['waiting'], rows: [{ waiting: 9 }], row_count: 1 };
    run.send({ ...failure('refused'), result });
    expect(run.state).toBe('count.failed');
  });

  test('the story does not continue with the next step', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: SELECT 1 }
  - { id: after, manual: Look. }
`);
    run.send(failure('refused'));
    expect(run.state).toBe('count.failed');
  });

  test('the operator can run it again, mark it done, skip it or jump', () => {
    const stateAfter = (event: Parameters<ReturnType<typeof stepping>['send']>[0]) => {
      const run = stepping(COUNT);
      run.send(failure('refused'));
      run.send(event);
      return run.state;
    };
    expect(stateAfter({ type: 'RETRY' })).toBe('count.running');
    expect(stateAfter({ type: 'SKIP', reason: 'no time' })).toBe('few.asking');
    expect(stateAfter({ type: 'JUMP.after' })).toBe('after.asking');
    expect(stateAfter({ type: 'ABORT', reason: 'enough' })).toBe('aborted');
  });

  test('what was done by hand has no result, so a condition about it asks', () => {
    const run = stepping(COUNT);
    run.send(failure('refused'));
    run.send({ type: 'MARK_DONE', evidence: 'counted on the replica' });
    expect(recorded(run, 'step.settled')).toEqual([
      { type: 'step.settled', step: expect.any(String), status: 'done-by-hand' },
    ]);
    expect(asked(run)).toMatchObject({ for: 'decision', clause: 1 });
  });

  test('the operator can change inputs and run it again with them', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: 'SELECT \${{ inputs.least }}' }
`);
    run.send(failure('refused'));
    run.send({ type: 'EDIT', inputs: { least: 9 }, targets: {} });
    expect(executed(run)).toMatchObject([{ attempt: 1, action: { values: [9] } }]);
  });
});

describe('after a step that was passed over', () => {
  const SKIPPED = COUNT.replace('    effect: read', '    if: inputs.least > 5\n    effect: read');

  test('the reason is recorded, and only the default counts', () => {
    const run = stepping(SKIPPED);
    expect(recorded(run, 'step.skipped')).toEqual([
      {
        type: 'step.skipped',
        step: 'count',
        by: 'condition',
        why: { kind: 'false', condition: 'inputs.least > 5' },
      },
    ]);
    expect(run.state).toBe('few.asking');
  });

  test('a finding of the default that speaks of the missing result is left out', () => {
    const finding = (text: string) =>
      recorded(stepping(SKIPPED.replace('Nothing waits.', text)), 'branch.taken')[0]?.finding;
    expect(finding("'Only ${{ result.row.waiting }} wait.'")).toBeUndefined();
    expect(finding("'Fewer than ${{ inputs.least }} wait.'")).toBe('Fewer than 4 wait.');
  });

  test('without a default, the next step comes', () => {
    const run = stepping(`
  - { id: count, if: false, effect: read, sql: SELECT 1, next: [{ if: result.row.x > 1, goto: last }] }
  - { id: after, manual: Look. }
  - { id: last, manual: Look. }
`);
    expect(run.state).toBe('after.asking');
  });
});

describe('a condition that cannot be evaluated', () => {
  function undecided() {
    const run = stepping(COUNT);
    run.rows({ other: 1 });
    return run;
  }

  test('takes no branch: the operator is shown it with the values there are', () => {
    const run = undecided();
    expect(run.state).toBe('count.succeeded');
    expect(asked(run)).toMatchObject({
      for: 'decision',
      clause: 1,
      why: { kind: 'undecided', problem: 'there is no "waiting"' },
      values: [{ name: 'inputs.least', value: 4 }],
    });
  });

  test('is the same when there is no row at all', () => {
    const run = stepping(COUNT);
    run.rows();
    expect(asked(run)).toMatchObject({
      for: 'decision',
      why: { kind: 'undecided', problem: 'there is no "row"' },
    });
  });

  test.each([
    ['CHOOSE.0', 'slow.asking', 0],
    ['CHOOSE.2', 'few.asking', 2],
    ['CHOOSE.next', 'after.asking', null],
  ] as const)('the operator chooses: %s leads to %s', (type, state, clause) => {
    const run = undecided();
    run.send({ type, reason: 'I looked' });
    expect(run.state).toBe(state);
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { clause, by: 'operator', reason: 'I looked' },
    ]);
  });

  test('nobody can choose while there is nothing to choose', () => {
    const run = stepping(COUNT);
    expect(run.send({ type: 'CHOOSE.0', reason: '' })).toEqual([]);
    run.send(failure('refused'));
    run.send({ type: 'CHOOSE.0', reason: '' });
    expect(run.state).toBe('count.failed');
  });

  test('of a step holds it: it neither runs nor is passed over', () => {
    const run = stepping(`
  - { id: earlier, if: '!inputs.go', effect: read, sql: SELECT 2 }
  - { id: count, if: steps.earlier.row.x > 1, effect: read, sql: SELECT 1 }
  - { id: later, effect: read, sql: SELECT 2 }
`);
    expect(run.state).toBe('count.ready');
    expect(asked(run)).toMatchObject({
      for: 'stuck',
      why: {
        kind: 'undecided',
        problem: 'cannot tell whether to run it: steps.earlier.row.x > 1: there is no "row"',
      },
    });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('count.running');
  });

  test('a held step can be skipped', () => {
    const run = stepping(`
  - { id: earlier, if: '!inputs.go', effect: read, sql: SELECT 2 }
  - { id: count, if: steps.earlier.row.x > 1, effect: read, sql: SELECT 1 }
  - { id: later, effect: read, sql: SELECT 2 }
`);
    run.send({ type: 'SKIP', reason: 'not needed' });
    expect(run.state).toBe('later.running');
  });
});

describe('a way back', () => {
  const LOOP = `
  - { id: count, effect: read, sql: SELECT 1, max_visits: 3, next: [{ goto: count }] }
`;

  test('is taken as often as max_visits says, then the operator is asked', () => {
    const run = stepping(LOOP);
    for (let visit = 1; visit < 3; visit += 1) {
      run.rows({ x: 1 });
      expect(run.state).toBe('count.running');
    }
    run.rows({ x: 1 });
    expect(run.state).toBe('count.ready');
    expect(asked(run)).toMatchObject({
      for: 'stuck',
      why: { kind: 'too-many-visits', times: 3 },
    });
  });

  test('goes on when the operator says so, one visit at a time', () => {
    const run = stepping(LOOP);
    for (let visit = 1; visit <= 3; visit += 1) run.rows({ x: 1 });
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toMatchObject([{ visit: 4, attempt: 1 }]);
    run.rows({ x: 1 });
    expect(run.state).toBe('count.ready');
  });
});

describe('what a step found is known to the steps after it', () => {
  test('under steps.<id>, with its first row, its status and its error', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: SELECT 1, next: [{ if: error.kind == "timeout" }] }
  - id: tell
    manual: >-
      \${{ steps.count.status }} (\${{ steps.count.error.kind }}),
      \${{ steps.tell.status }}, \${{ steps.count.row.waiting }}
`);
    run.send(failure('timeout'));
    expect(asked(run)?.prompt).toBe('failed (timeout), waiting, ‹no steps.count.row.waiting›');
  });
});

describe('the end of a run', () => {
  test('is what a finish step says, with the values it names', () => {
    const run = stepping(`
  - { id: count, effect: read, sql: SELECT 1 }
  - { id: done, finish: { outcome: escalated, summary: '\${{ steps.count.row.waiting }} orders wait.' } }
  - { id: never, manual: Look. }
`);
    run.rows({ waiting: 9 });
    expect(run.state).toBe('finished');
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'escalated', summary: '9 orders wait.' },
    ]);
  });

  test('is unresolved when the story runs off its last step', () => {
    const run = stepping('  - { id: count, effect: read, sql: SELECT 1 }\n');
    run.rows();
    expect(run.state).toBe('finished');
    expect(recorded(run, 'run.finished')).toMatchObject([{ outcome: 'unresolved' }]);
  });

  test('is passed over with its finish step when that has an if that is false', () => {
    const run = stepping(`
  - { id: early, if: '!inputs.go', finish: { outcome: resolved, summary: Done. } }
  - { id: look, manual: Look. }
`);
    expect(run.state).toBe('look.asking');
  });

  test('is aborted when the operator says so, with the reason', () => {
    const run = stepping('  - { id: look, manual: Look. }\n');
    run.send({ type: 'ABORT', reason: 'a false alarm' });
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'aborted', summary: 'a false alarm' },
    ]);
  });
});
