import { expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

/** A step that needs so many of the rows of its preview. */
function ending(enough: string, more = ''): string {
  return `
  - id: end
    on: db
    effect: destructive
    preview: { sql: 'SELECT pid, idle FROM s ORDER BY idle DESC', enough: '${enough}', volatile: [idle]${more} }
    sql: SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})
  - { id: after, manual: Look. }
`;
}

function row(pid: number, idle = 10) {
  return { pid, idle };
}

const FIVE = [1, 2, 3, 4, 5].map((pid) => row(pid));

function atGate(enough: string, more = ''): Stepper {
  const run = stepping(ending(enough, more));
  run.rows(...FIVE);
  return run;
}

function digestOf(run: Stepper): string {
  return run.at.snapshot.context.visit.pending?.digest ?? '';
}

function leaveOut(run: Stepper, rows: readonly number[], back: readonly number[] = []): void {
  run.send({ type: 'LEAVE_OUT', digest: digestOf(run), rows, back });
}

function confirm(run: Stepper, previewAgeMs = 0): void {
  const { phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest: digestOf(run), phrase, previewAgeMs });
}

test('the gate is for the first rows of the preview that the step needs, and names the others', () => {
  const run = atGate('2');
  expect(run.state).toBe('end.gate');
  expect(gate(run)).toMatchObject({
    preview: { rows: [row(1), row(2)], needed: 2, notNeeded: [row(3), row(4), row(5)] },
    action: { values: [1, 2] },
  });
});

test('what is enough is computed from inputs, earlier steps and the rows', () => {
  expect(gate(atGate('inputs.least - 1'))).toMatchObject({ action: { values: [1, 2, 3] } });
  expect(gate(atGate('preview.rows.filter(r, r.pid > 4).size()'))).toMatchObject({
    action: { values: [1] },
  });
});

test('with fewer rows than are needed, the gate is for all of them', () => {
  const run = atGate('8');
  expect(gate(run)).toMatchObject({
    action: { values: [1, 2, 3, 4, 5] },
    preview: { notNeeded: [] },
  });
});

test('only the rows that are needed count towards max_rows', () => {
  expect(gate(atGate('2', ', max_rows: 2'))).toMatchObject({ action: { values: [1, 2] } });
  expect(asked(atGate('3', ', max_rows: 2'))).toMatchObject({ error: { kind: 'too_many_rows' } });
});

test.each([
  ['has no value', 'preview.row.missing'],
  ['is negative', 'inputs.least - 5'],
  ['is no whole number', 'inputs.least / 3.0'],
  ['is no number', 'preview.row.name'],
  ['is null', 'preview.row.nothing'],
])('no gate opens if what is enough %s', (_, enough) => {
  const run = stepping(ending(enough));
  run.rows({ ...row(1), name: 'one', nothing: null }, { ...row(2), name: 'two', nothing: null });
  expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'unresolved' } });
  expect(gate(run)).toBeUndefined();
});

test('a step that needs none of the rows is skipped, and says so', () => {
  const run = atGate('0');
  expect(run.state).toBe('after.asking');
  expect(recorded(run, 'step.skipped')).toMatchObject([
    { by: 'not-needed', why: { kind: 'none-needed' } },
  ]);
});

test('a preview without rows is skipped as before, whatever would be enough', () => {
  const run = stepping(ending('preview.row.missing'));
  run.rows();
  expect(recorded(run, 'step.skipped')).toMatchObject([{ by: 'empty-preview' }]);
});

test('further rows do not count as new when the rows are read again', () => {
  const run = atGate('2');
  const before = digestOf(run);
  confirm(run, 40_000);
  run.rows(row(1, 20), row(2, 20), row(3, 20), row(6), row(7));
  expect(executed(run)).toMatchObject([{ part: 'action', action: { values: [1, 2] } }]);
  expect(digestOf(run)).toBe(before);
});

test('no other row takes the place of one that is spared', () => {
  const run = atGate('2');
  confirm(run);
  run.rows(row(2), row(3), row(4), row(5));
  expect(executed(run)).toMatchObject([{ part: 'action', action: { values: [2] } }]);
  expect(recorded(run, 'rows.spared')).toMatchObject([{ rows: [{ row: row(1) }], left: 1 }]);
});

test('a confirmed row still counts when it is no longer among the first', () => {
  const run = atGate('2');
  confirm(run);
  run.rows(row(5), row(4), row(3), row(2), row(1));
  expect(executed(run)).toMatchObject([{ part: 'action', action: { values: [1, 2] } }]);
});

test('rows that are too old are chosen again, and the gate is shown again', () => {
  const run = atGate('2');
  confirm(run, 40_000);
  run.rows(row(2), row(3), row(4));
  expect(run.state).toBe('end.gate');
  expect(gate(run)).toMatchObject({ action: { values: [2, 3] }, preview: { notNeeded: [row(4)] } });
});

test('a row that is left out is not replaced by another', () => {
  const run = atGate('2');
  leaveOut(run, [1]);
  expect(gate(run)).toMatchObject({ action: { values: [2] }, leftOut: [row(1)] });
  run.send({ type: 'REFRESH' });
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({ action: { values: [2] }, leftOut: [row(1)] });
});

test('a row that is not needed can be taken back, and stays in when the rows are read again', () => {
  const run = atGate('2');
  const before = digestOf(run);
  leaveOut(run, [1], [2]);
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({
    action: { values: [2, 4] },
    leftOut: [row(1)],
    preview: { notNeeded: [row(3), row(5)] },
  });
  expect(digestOf(run)).not.toBe(before);
  run.send({ type: 'REFRESH' });
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({ action: { values: [2, 4] } });
});

test('a row that the operator left out can be taken back alone', () => {
  const run = atGate('3');
  leaveOut(run, [1, 2]);
  leaveOut(run, [], [2]);
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({ action: { values: [2, 3] }, leftOut: [row(1)] });
});

test('with no row named, the step chooses again', () => {
  const run = atGate('2');
  const before = digestOf(run);
  leaveOut(run, [1], [3]);
  run.rows(...FIVE);
  leaveOut(run, []);
  run.rows(...FIVE);
  expect(digestOf(run)).toBe(before);
});

test('a row that the gate does not name cannot be taken back', () => {
  const run = atGate('2');
  leaveOut(run, [], [4]);
  expect(run.at.effects).toMatchObject([{ type: 'refuse' }]);
});

test('each item of a list needs its own number of rows', () => {
  const run = stepping(
    ending('n').replace('  - id: end\n', '  - id: end\n    for_each: "[1, 3]"\n    as: n\n'),
  );
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({ action: { values: [1] } });
  confirm(run);
  run.sameRows();
  run.rows({ ended: true });
  run.rows(...FIVE);
  expect(gate(run)).toMatchObject({ action: { values: [1, 2, 3] } });
});
