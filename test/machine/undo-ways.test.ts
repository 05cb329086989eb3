import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import {
  asked,
  executed,
  failure,
  gate,
  recorded,
  refused,
  stepping,
} from '../fixtures/orders-runbook.ts';

const RAISE = `
  - id: raise
    on: db
    effect: change
    preview: { sql: 'SELECT name FROM s WHERE n > \${{ inputs.least }}' }
    sql: 'SELECT raise(name) FROM s WHERE (name) IN (\${{ preview.rows }})'
    undo: { sql: SELECT put_back(), confirm: { phrase: put it back } }
  - { id: after, manual: Look. }
`;
const LOST = { type: 'UNKNOWN', error: { kind: 'reset', message: 'the line was cut' } } as const;
const NOT_UNDONE = { for: 'stopped', why: { kind: 'not-undone' } };

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
  if (run.state.endsWith('checking')) run.sameRows();
}

/** Stands at the gate of the undo of what was raised. */
function atUndoGate(): Stepper {
  const run = stepping(RAISE);
  run.rows({ name: 'max' });
  confirm(run);
  run.rows();
  run.send({ type: 'UNDO.raise' });
  expect(run.state).toBe('raise.undoing.gate');
  return run;
}

/** Stands where the undo runs. */
function undoing(): Stepper {
  const run = atUndoGate();
  confirm(run);
  expect(run.state).toBe('raise.undoing.running');
  return run;
}

describe('the gate of an undo', () => {
  test('waits for its answer', () => {
    expect(asked(atUndoGate())).toMatchObject({ step: 'raise', part: 'undo', for: 'gate' });
  });

  test('says why an answer does not open it', () => {
    const run = atUndoGate();
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '', phrase: 'yes' });
    expect(refused(run)).toEqual([{ step: 'raise', why: { kind: 'other-phrase' } }]);
  });

  test('that is declined says so', () => {
    const run = atUndoGate();
    run.send({ type: 'DECLINE', reason: 'too early' });
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'declined', message: 'declined: too early' },
    });
  });

  test('can be left without undoing anything', () => {
    const run = atUndoGate();
    run.send({ type: 'SKIP', reason: 'leave it' });
    expect(run.state).toBe('raise.undone');
    expect(asked(run)).toMatchObject(NOT_UNDONE);
  });

  test('is put again by a later process', () => {
    const run = atUndoGate();
    run.send({ type: 'INTERRUPTED', started: false });
    expect(run.state).toBe('raise.undoing.gate');
    expect(gate(run)).toMatchObject({ part: 'undo' });
  });
});

test('an undo that fails says why', () => {
  const run = undoing();
  run.send(failure('refused'));
  expect(asked(run)).toMatchObject({ for: 'failure', part: 'undo', error: { kind: 'refused' } });
});

describe('an undo whose outcome is unknown', () => {
  function unknown(): Stepper {
    const run = undoing();
    run.send(LOST);
    expect(run.state).toBe('raise.undoing.unknown');
    return run;
  }

  test('is put before the operator, who is told why', () => {
    expect(asked(unknown())).toMatchObject({
      for: 'unknown',
      part: 'undo',
      error: LOST.error,
      why: { kind: 'unknown', part: 'undo' },
    });
  });

  test('is tried again through its gate', () => {
    const run = unknown();
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('raise.undoing.gate');
  });

  test('was done by hand', () => {
    const run = unknown();
    run.send({ type: 'MARK_DONE', evidence: 'it shows 100' });
    expect(recorded(run, 'step.undone')).toMatchObject([{ by: 'hand', evidence: 'it shows 100' }]);
    expect(asked(run)).toMatchObject({ why: { kind: 'undone' } });
  });

  test('is left as it is', () => {
    const run = unknown();
    run.send({ type: 'SKIP', reason: 'leave it' });
    expect(asked(run)).toMatchObject(NOT_UNDONE);
  });
});

describe('after an undo', () => {
  /** Has undone what was raised while the run was told to stop. */
  function undone(): Stepper {
    const run = undoing();
    run.send({ type: 'STOP' });
    run.rows();
    expect(run.state).toBe('raise.undone');
    return run;
  }

  test('going on in order says that it was after an undo', () => {
    const run = undone();
    run.send({ type: 'CONTINUE' });
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { by: 'operator', goto: 'after', why: { kind: 'after-undo' } },
    ]);
  });

  test('the step begins anew, and a run that was told to stop goes on', () => {
    const run = undone();
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ part: 'preview' }]);
    run.rows({ name: 'max' });
    confirm(run);
    run.rows();
    expect(run.state).toBe('after.asking');
  });

  test('the step begins with the inputs of now, not with those it ran with', () => {
    const run = stepping(RAISE);
    run.rows({ name: 'max' });
    confirm(run);
    run.rows();
    run.send({ type: 'JUMP.raise' });
    run.send(failure('timeout'));
    run.send({ type: 'EDIT', inputs: { least: 9 }, targets: {} });
    run.send(failure('timeout'));
    run.send({ type: 'UNDO.raise' });
    confirm(run);
    run.rows();
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ part: 'preview', action: { values: [9] } }]);
  });
});
