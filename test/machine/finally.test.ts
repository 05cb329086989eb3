import { describe, expect, test } from 'vitest';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import { failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const STEPS = `
  - { id: open, effect: read, on: db, sql: SELECT 1 }
  - { id: look, manual: Look. }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
finally:
  - { id: close, if: steps.open.status == "succeeded", effect: change, on: db, sql: SELECT close_it() }
  - { id: tell, manual: Tell. }
`;

/** Stands at the question between the first step and the end. */
function looking(steps = STEPS, more: Parameters<typeof stepping>[2] = {}) {
  const run = stepping(steps, { auto: true }, more);
  run.rows({ n: 1 });
  return run;
}

function confirm(run: ReturnType<typeof stepping>): void {
  const { digest = '' } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, previewAgeMs: 0 });
}

const DONE = { type: 'REPORT', done: true, evidence: '' } as const;
const ABORT = { type: 'ABORT', reason: 'the wrong server' } as const;

describe('finally', () => {
  test('runs behind its gates after the end, and the outcome stays', () => {
    const run = looking();
    run.send(DONE);
    expect(run.state).toBe('close.gate');
    expect(gate(run)).toMatchObject({ action: { text: 'SELECT close_it()' }, ended: 'resolved' });
    expect(recorded(run, 'run.finished')).toEqual([]);
    confirm(run);
    run.rows({});
    run.send(DONE);
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'resolved', summary: 'It is over.' },
    ]);
    expect(run.at.snapshot.status).toBe('done');
  });

  test('goes on after a step that was declined or failed, and both are in the record', () => {
    const run = looking();
    run.send(DONE);
    confirm(run);
    run.send(failure('no_permission'));
    expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'close', status: 'failed' }]);
    run.send({ type: 'SKIP', reason: 'by hand' });
    expect(run.state).toBe('tell.asking');
    run.send(DONE);
    expect(recorded(run, 'run.finished')).toMatchObject([{ outcome: 'resolved' }]);
  });

  test('is not what an undo is that is chosen meanwhile', () => {
    const changed = STEPS.replace(
      '  - { id: look',
      '  - { id: set, on: db, effect: change, sql: SELECT set_it(), undo: { sql: SELECT set_back() } }\n  - { id: look',
    );
    const run = looking(changed);
    confirm(run);
    run.rows({});
    run.send(DONE);
    confirm(run);
    run.send(failure('no_permission'));
    run.send({ type: 'UNDO.set' });
    expect(gate(run)).toMatchObject({ step: 'set', part: 'undo', ended: undefined });
  });

  test('runs when the operator aborts, and a second abort ends the run at once', () => {
    const run = looking();
    run.send(ABORT);
    expect(run.state).toBe('close.gate');
    expect(gate(run)).toMatchObject({ ended: 'aborted' });
    run.send({ type: 'ABORT', reason: 'leave it' });
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'aborted', summary: 'leave it' },
    ]);
  });

  test('knows what did not happen before an abort', () => {
    const run = stepping(STEPS, { auto: false });
    run.send(ABORT);
    expect(recorded(run, 'step.skipped')).toMatchObject([{ step: 'close', by: 'condition' }]);
    run.send(DONE);
    expect(recorded(run, 'run.finished')).toEqual([
      { type: 'run.finished', outcome: 'aborted', summary: 'the wrong server' },
    ]);
  });

  test('runs after a last step that ends nothing', () => {
    const run = looking(STEPS.replace(/.*id: end.*\n/, ''));
    run.send(DONE);
    expect(recorded(run, 'branch.taken')).toMatchObject([{ goto: 'close' }]);
    confirm(run);
    run.rows({});
    run.send(DONE);
    expect(recorded(run, 'run.finished')).toMatchObject([{ outcome: 'unresolved' }]);
  });

  test('of a runbook that runs as a step runs before the step ends', () => {
    const inner = `name: inner\ntitle: Inner\nsummary: Inner\ntargets: { db: { database: postgres://localhost/shop, engine: postgres } }\nsteps:${STEPS}`;
    const run = looking('  - { id: call, runbook: inner }\n  - { id: after, manual: After. }\n', {
      others: { inner },
    });
    run.send(DONE);
    expect(run.state).toBe('call/close.gate');
    confirm(run);
    run.rows({});
    run.send(DONE);
    expect(recorded(run, 'child.finished')).toMatchObject([{ outcome: 'resolved' }]);
    expect(run.state).toBe('after.asking');
  });

  test('is reached by no change without its gate', () => {
    expect(unconfirmedChanges(looking().at.snapshot.machine)).toEqual([]);
  });
});
