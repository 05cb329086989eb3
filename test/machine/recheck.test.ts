import { describe, expect, test } from 'vitest';
import type { Json } from '#runbook/model/value.ts';
import type { Stepper } from '../fixtures/compiled.ts';
import { executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const END = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: 'SELECT pid, state, idle FROM s', fresh_for: 30s, volatile: [idle] }
    sql: SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})
    expect: result.row_count == preview.rows.size()
    undo: { sql: 'SELECT bring_back(\${{ preview.rows.map(r, r.pid) }})' }
  - { id: after, manual: Look. }
`;

const END_FIRST = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: 'SELECT pid, state, idle FROM s', volatile: [idle] }
    sql: KILL \${{ preview.row.pid }}
  - { id: after, manual: Look. }
`;

function row(pid: number, state = 'idle', idle = 10): Readonly<Record<string, Json>> {
  return { pid, state, idle };
}

/** Stands at the gate of a change on these rows. */
function atGate(rows: readonly Readonly<Record<string, Json>>[], steps = END): Stepper {
  const run = stepping(steps);
  run.rows(...rows);
  expect(run.state).toBe('end.gate');
  return run;
}

function confirm(run: Stepper, previewAgeMs = 0): void {
  const { pending } = run.at.snapshot.context.visit;
  const { digest = '', phrase } = pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs });
  expect(run.state).toBe('end.checking');
}

describe('rows that are read again after the confirmation', () => {
  test('and differ only in what informs are the same', () => {
    const run = atGate([row(1), row(2)]);
    const { digest } = gate(run) ?? {};
    confirm(run);
    run.rows(row(2, 'idle', 12), row(1, 'idle', 12));
    expect(run.state).toBe('end.running');
    expect(recorded(run, 'rows.spared')).toEqual([]);
    expect(executed(run)).toMatchObject([
      { part: 'action', digest, confirmed: digest, action: { values: [1, 2] } },
    ]);
  });

  test('and are not what was shown are spared', () => {
    const run = atGate([row(1), row(2), row(3), row(4)]);
    const { digest } = gate(run) ?? {};
    confirm(run);
    run.rows(row(1), row(2, 'active'), row(4), row(9));
    expect(run.state).toBe('end.running');
    expect(recorded(run, 'rows.spared')).toMatchObject([
      {
        columns: ['pid', 'state', 'idle'],
        rows: [{ row: row(2), now: row(2, 'active') }, { row: row(3) }],
        left: 2,
      },
    ]);
    expect(executed(run)).toMatchObject([{ confirmed: digest, action: { values: [1, 4] } }]);
    expect(executed(run)[0]?.digest).not.toBe(digest);
    run.rows(row(1), row(4));
    expect(run.state).toBe('after.asking');
  });

  test('of an item are spared as those of that item', () => {
    const steps = END.replace('effect: destructive', `effect: destructive\n    for_each: '["a"]'`);
    const run = stepping(steps);
    run.rows(row(1), row(2));
    const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
    run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
    run.rows(row(2));
    expect(recorded(run, 'rows.spared')).toMatchObject([
      { step: 'end', item: { index: 1, label: 'a' }, rows: [{ row: row(1) }], left: 1 },
    ]);
  });

  test('and are all others leave nothing to do', () => {
    const run = atGate([row(1)]);
    confirm(run);
    run.rows(row(1, 'active'));
    expect(run.state).toBe('after.asking');
    expect(executed(run)).toEqual([]);
    expect(recorded(run, 'rows.spared')).toMatchObject([{ left: 0 }]);
    expect(recorded(run, 'step.skipped')).toMatchObject([
      { by: 'spared', why: { kind: 'all-changed' } },
    ]);
  });

  test('and are others, where the action takes the first, put the gate again', () => {
    const run = atGate([row(1), row(2)], END_FIRST);
    confirm(run);
    run.rows(row(1, 'active'), row(2));
    expect(run.state).toBe('end.gate');
    expect(executed(run)).toEqual([]);
    expect(gate(run)).toMatchObject({
      changes: { server: false, rows: { changed: [{ row: row(1), now: row(1, 'active') }] } },
    });
  });

  test('and of which only others than the first have changed end the first', () => {
    const run = atGate([row(1), row(2)], END_FIRST);
    confirm(run);
    run.rows(row(1));
    expect(executed(run)).toMatchObject([{ part: 'action', action: { values: [1] } }]);
  });

  test('and are others take no value from the row after a spared first one', () => {
    const steps = END_FIRST.replace('preview.row.pid', 'preview.row.state');
    const run = atGate([row(1), row(2)], steps);
    confirm(run);
    run.rows(row(2));
    expect(run.state).toBe('end.gate');
    expect(executed(run)).toEqual([]);
  });

  test('tell the step how many were spared', () => {
    const steps = END.replace(
      'result.row_count == preview.rows.size()',
      'preview.spared == 2 && preview.row_count == 1',
    );
    const run = atGate([row(1), row(2), row(3)], steps);
    confirm(run);
    run.rows(row(1));
    run.rows(row(1));
    expect(run.state).toBe('after.asking');
  });

  test('are what an undo afterwards is about', () => {
    const run = atGate([row(1), row(2)]);
    confirm(run);
    run.rows(row(2));
    run.rows(row(2));
    run.send({ type: 'UNDO.end' });
    expect(gate(run)).toMatchObject({ part: 'undo', action: { values: [2] } });
  });

  test('that were too old put the gate again, which says what changed', () => {
    const run = atGate([row(1), row(2), row(3)]);
    confirm(run, 30_001);
    run.rows(row(1), row(2, 'active'), row(4));
    expect(run.state).toBe('end.gate');
    expect(gate(run)).toMatchObject({
      changes: {
        server: false,
        rows: {
          changed: [{ row: row(2), now: row(2, 'active') }],
          gone: [row(3)],
          added: [row(4)],
        },
      },
    });
  });

  test('that were too old and have all gone leave nothing to ask', () => {
    const run = atGate([row(1)]);
    confirm(run, 30_001);
    run.rows();
    expect(recorded(run, 'step.skipped')).toMatchObject([{ by: 'empty-preview' }]);
  });
});

describe('between a confirmation and its change', () => {
  test.each([failure('timeout'), failure('no_permission')])(
    'rows that cannot be read again keep it from running',
    (event) => {
      const run = atGate([row(1)]);
      confirm(run);
      run.send(event);
      expect(run.state).toBe('end.failed');
      run.send({ type: 'RETRY' });
      expect(run.state).toBe('end.previewing');
    },
  );

  test('a run that ends begins with fresh rows when it is resumed', () => {
    const run = atGate([row(1)]);
    confirm(run);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(run.state).toBe('end.previewing');
  });

  test('whoever stops the run is asked again', () => {
    const run = atGate([row(1)]);
    confirm(run);
    run.send({ type: 'STOP' });
    run.rows(row(1));
    expect(run.state).toBe('end.gate');
    confirm(run);
    run.rows(row(1));
    expect(run.state).toBe('end.running');
  });

  test('nothing else passes', () => {
    const run = atGate([row(1)]);
    confirm(run);
    for (const event of [
      { type: 'CONFIRM', digest: gate(run)?.digest ?? '' },
      { type: 'CONTINUE' },
      { type: 'JUMP.after' },
      { type: 'ABORT', reason: '' },
      { type: 'TIMER' },
    ] as const)
      run.send(event);
    expect(run.state).toBe('end.checking');
  });
});

describe('a gate that is put again', () => {
  test('without a change says nothing of one', () => {
    const run = atGate([row(1)]);
    const before = gate(run);
    run.send({ type: 'REFRESH' });
    run.rows(row(1, 'idle', 99));
    expect(gate(run)).toMatchObject({ digest: before?.digest, changes: undefined });
  });
});
