import { expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const END = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: 'SELECT pid, idle FROM s', fresh_for: 30s, volatile: [idle] }
    sql: SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})
  - { id: after, manual: Look. }
`;
/** The rows are only shown: the change is the same whatever they are. */
const ALL = END.replace(/WHERE.*/, '');

function row(pid: number, idle = 10) {
  return { pid, idle };
}

function atGate(steps = END): Stepper {
  const run = stepping(steps);
  run.rows(row(1), row(2), row(3));
  expect(run.state).toBe('end.gate');
  return run;
}

function digestOf(run: Stepper): string {
  return run.at.snapshot.context.visit.pending?.digest ?? '';
}

function leaveOut(run: Stepper, rows: readonly number[], digest = digestOf(run)): void {
  run.send({ type: 'LEAVE_OUT', digest, rows });
}

function confirm(run: Stepper, digest = digestOf(run), previewAgeMs = 0): void {
  const { phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs });
}

test('rows that are left out are in no statement, and the gate has another digest', () => {
  const run = atGate();
  const before = digestOf(run);
  leaveOut(run, [2]);
  expect(run.state).toBe('end.gate');
  expect(gate(run)).toMatchObject({
    preview: { rows: [row(1), row(3)] },
    leftOut: [row(2)],
    action: { values: [1, 3] },
  });
  expect(digestOf(run)).not.toBe(before);
});

test('a confirmation of all rows does not count for the rows that remain', () => {
  const run = atGate();
  const before = digestOf(run);
  leaveOut(run, [2]);
  confirm(run, before);
  expect(run.state).toBe('end.gate');
  confirm(run);
  run.rows(row(1), row(2), row(3));
  expect(executed(run)).toMatchObject([{ part: 'action', action: { values: [1, 3] } }]);
});

test.each([
  ['by itself', 0],
  ['since the rows were too old', 40_000],
])('a row stays left out when the rows are read again %s', (_, age) => {
  const run = atGate();
  leaveOut(run, [2]);
  if (age === 0) {
    run.send({ type: 'REFRESH' });
    run.rows(row(3, 20), row(2, 20), row(1, 20));
    expect(gate(run)).toMatchObject({ leftOut: [row(2)] });
  }
  confirm(run, digestOf(run), age);
  run.rows(row(3, 30), row(2, 30), row(1, 30));
  expect(executed(run)).toMatchObject([{ part: 'action' }]);
  expect(executed(run)[0]).not.toMatchObject({ action: { values: expect.arrayContaining([2]) } });
  expect(recorded(run, 'rows.spared')).toEqual([]);
});

test('only the row that was left out is found: there is nothing to confirm', () => {
  const run = atGate();
  leaveOut(run, [2]);
  run.send({ type: 'REFRESH' });
  run.rows(row(2));
  expect(run.state).toBe('after.asking');
});

test('rows can be taken back', () => {
  const run = atGate();
  const before = digestOf(run);
  leaveOut(run, [2]);
  leaveOut(run, []);
  expect(run.state).toBe('end.previewing');
  run.rows(row(1), row(2), row(3));
  expect(digestOf(run)).toBe(before);
});

test('to leave out all rows is to decline', () => {
  const run = atGate();
  leaveOut(run, [1, 2]);
  leaveOut(run, [1]);
  expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'declined' } });
});

test.each([
  ['the row of another gate', [1], 'sha256:other', END],
  ['a row that is not there', [4], undefined, END],
  ['row 0', [0], undefined, END],
  ['a row that the change does not depend on', [1], undefined, ALL],
])('%s cannot be left out', (_, rows, digest, steps) => {
  const run = atGate(steps);
  const before = digestOf(run);
  leaveOut(run, rows, digest);
  expect(run.state).toBe('end.gate');
  expect(digestOf(run)).toBe(before);
  expect(run.at.effects).toMatchObject([{ type: 'refuse' }]);
});
