import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const END = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: SELECT pid FROM s }
    sql: SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})
    verify: { sql: SELECT 1, until: result.row.ok, within: 10s }
  - { id: after, effect: read, sql: SELECT 1 }
`;
const CHANGE = `
  - { id: change, sql: SELECT do_it() }
  - { id: after, effect: read, sql: SELECT 1 }
`;
const LOST = { type: 'UNKNOWN', error: { kind: 'reset', message: 'the line was cut' } } as const;

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
}

/** Stands where the rows are read again after the confirmation. */
function checking(): Stepper {
  const run = stepping(END);
  run.rows({ pid: 7 });
  confirm(run);
  expect(run.state).toBe('end.checking');
  return run;
}

describe('a gate', () => {
  test.each([
    ['of a change', CHANGE],
    ['of a change of rows', END],
  ])('%s waits for its answer', (_, steps) => {
    const run = stepping(steps);
    if (run.state === 'end.previewing') run.rows({ pid: 7 });
    expect(gate(run)).toMatchObject({ part: 'action' });
    expect(asked(run)).toMatchObject({ for: 'gate' });
  });

  test('that is declined without a reason gives none', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'DECLINE', reason: '' });
    expect(asked(run)).toMatchObject({ error: { kind: 'declined', message: 'declined' } });
  });

  test('leaves no state behind that reads what has no rows', () => {
    const states = Object.keys(stepping(CHANGE).machine.config.states?.change?.states ?? {});
    expect(states).toEqual(expect.arrayContaining(['gate', 'running']));
    expect(states).not.toContain('previewing');
    expect(states).not.toContain('checking');
    expect(states).not.toContain('connecting');
  });
});

describe('the rows for a gate', () => {
  test.each([failure('no_permission'), LOST])('that cannot be read fail the step', (event) => {
    const run = stepping(END);
    run.send(event);
    expect(run.state).toBe('end.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: event.error });
  });

  test('are read again by a later process', () => {
    const run = stepping(END);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'preview' }]);
  });
});

describe('rows that are read again after the confirmation', () => {
  test('are read by the statement that found them, which only reads', () => {
    expect(executed(checking())).toMatchObject([
      { part: 'recheck', effect: 'read', action: { text: 'SELECT pid FROM s', readOnly: true } },
    ]);
  });

  test.each([failure('no_permission'), LOST])('and cannot be fail the step', (event) => {
    const run = checking();
    run.send(event);
    expect(run.state).toBe('end.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: event.error });
  });

  test('and cannot be compared leave nothing to act on', () => {
    const timing = { at: '2026-01-01T00:00:01Z', elapsedMs: 0 };
    for (const result of [{}, { columns: ['pid'] }, { rows: [{ pid: 7 }] }]) {
      const run = checking();
      run.send({ type: 'SUCCEEDED', result, ...timing });
      expect(recorded(run, 'step.skipped')).toMatchObject([
        { by: 'empty-preview', why: { kind: 'nothing-left' } },
      ]);
      expect(run.state).toBe('after.running');
    }
  });

  test('were too old and are gone leave nothing to act on', () => {
    const run = stepping(END);
    run.rows({ pid: 7 });
    const { digest = '', phrase } = gate(run) ?? {};
    run.send({ type: 'CONFIRM', digest, phrase });
    run.rows();
    expect(run.state).toBe('after.running');
  });

  test('leave a run that was stopped meanwhile stopped', () => {
    const run = checking();
    run.send({ type: 'STOP' });
    run.sameRows();
    confirm(run);
    run.sameRows();
    run.rows();
    run.rows({ ok: true });
    expect(asked(run)).toMatchObject({ step: 'end', for: 'stopped' });
  });
});

test('a change that fails says why', () => {
  const run = stepping(CHANGE);
  confirm(run);
  run.send(failure('lock'));
  expect(run.state).toBe('change.failed');
  expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'lock' } });
});

describe('a change whose outcome is unknown', () => {
  test('says that it had started', () => {
    const run = stepping(CHANGE);
    confirm(run);
    run.send(LOST);
    expect(asked(run)).toMatchObject({
      for: 'unknown',
      why: { kind: 'unknown', part: 'action' },
    });
  });

  test('and that is run again is checked like any other', () => {
    const run = checking();
    run.sameRows();
    run.send(LOST);
    run.send({ type: 'RECHECK' });
    run.send(failure('timeout', { elapsedMs: 10_000 }));
    expect(run.state).toBe('end.unknown');
    run.send({ type: 'RETRY' });
    run.rows({ pid: 7 });
    confirm(run);
    run.sameRows();
    run.rows();
    run.send(failure('timeout', { elapsedMs: 10_000 }));
    expect(run.state).toBe('end.failed');
  });
});

describe('the gate of a dry run', () => {
  /** Stands at the gate of a run that was told to stop. */
  function stopped(): Stepper {
    const run = stepping(END, {}, { mode: 'dry-run' });
    run.send({ type: 'STOP' });
    run.rows({ pid: 7 });
    expect(run.state).toBe('end.gate');
    expect(asked(run)).toMatchObject({ for: 'gate' });
    return run;
  }

  test.each([{ type: 'CONTINUE' }, { type: 'CONFIRM', digest: '' }] as const)(
    'goes on with a run that was told to stop: $type',
    (event) => {
      const run = stopped();
      run.send(event);
      expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'end', status: 'simulated' }]);
      expect(run.state).toBe('after.running');
    },
  );

  test('can say that nothing runs by itself any more', () => {
    const run = stopped();
    run.send({ type: 'AUTO', on: false });
    expect(run.state).toBe('end.gate');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('after.ready');
  });
});
