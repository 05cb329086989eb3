import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { executed, gate, recorded, refused, stepping } from '../fixtures/orders-runbook.ts';

const CHANGE = `
  - { id: change, on: db, sql: SELECT do_it(), undo: { sql: SELECT back() } }
  - { id: after, manual: Look. }
`;
const BY_ROWS = `
  - id: change
    on: db
    effect: change
    preview: { sql: SELECT pid FROM s }
    sql: 'SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})'
    undo: { sql: SELECT back() }
  - { id: after, manual: Look. }
`;
const BY_SCRIPT = `
  - id: change
    effect: change
    preview: { sql: SELECT pid FROM s }
    shell: 'kill \${{ preview.row.pid }}'
    undo: { sql: SELECT back() }
  - { id: after, manual: Look. }
`;
const UNDONE_BY_SCRIPT = `
  - { id: change, on: db, sql: SELECT do_it(), undo: { shell: date > /tmp/x } }
  - { id: after, manual: Look. }
`;

/** The target leads to this server from now on. */
function reaches(run: Stepper, server: string): void {
  const { db } = run.at.snapshot.context.targets;
  if (db === undefined) throw new Error('there is no db');
  run.send({ type: 'CONNECTED', target: 'db', facts: { ...db, isConnected: true, server } });
}

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase, previewAgeMs: 0 });
}

const REFUSED = [{ step: 'change', why: { kind: 'other-server' } }];

/** Stands at the gate of a change, on the first server. */
function atGate(steps: string): Stepper {
  const run = stepping(steps);
  reaches(run, 'one');
  if (run.state === 'change.gate') run.send({ type: 'REFRESH' });
  else run.rows({ pid: 7 });
  expect(run.state).toBe('change.gate');
  return run;
}

/** Has carried out the change on the first server. */
function changed(steps: string): Stepper {
  const run = atGate(steps);
  confirm(run);
  if (run.state === 'change.checking') run.sameRows();
  expect(executed(run)).toHaveLength(1);
  run.rows();
  expect(run.state).toBe('after.asking');
  return run;
}

describe('a confirmation for another server than the target leads to now', () => {
  test.each([
    ['a change', CHANGE],
    ['a change without an undo', CHANGE.replace(', undo: { sql: SELECT back() }', '')],
  ])('puts the gate of %s again, which says so', (_, steps) => {
    const run = atGate(steps);
    reaches(run, 'two');
    confirm(run);
    expect(refused(run)).toEqual(REFUSED);
    expect(run.state).toBe('change.gate');
    expect(gate(run)).toMatchObject({ changes: { server: true } });
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'action', server: 'two' }]);
  });

  test.each([
    ['a statement', BY_ROWS],
    ['a script', BY_SCRIPT],
  ])('has the rows of %s read there', (_, steps) => {
    const run = atGate(steps);
    expect(gate(run)).toMatchObject({ preview: { server: 'one' } });
    reaches(run, 'two');
    confirm(run);
    expect(refused(run)).toEqual(REFUSED);
    expect(executed(run)).toMatchObject([{ part: 'preview' }]);
    run.rows({ pid: 7 });
    expect(gate(run)).toMatchObject({ preview: { server: 'two' }, changes: { server: true } });
    confirm(run);
    expect(run.state).toBe('change.checking');
  });

  test.each([
    ['a statement', CHANGE],
    ['a statement for a script', BY_SCRIPT],
  ])('puts the gate of an undo again: %s', (_, steps) => {
    const run = changed(steps);
    run.send({ type: 'UNDO.change' });
    reaches(run, 'two');
    confirm(run);
    expect(refused(run)).toEqual(REFUSED);
    expect(run.state).toBe('change.undoing.gate');
    expect(gate(run)).toMatchObject({ part: 'undo', changes: { server: true } });
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'undo', server: 'two' }]);
  });
});

describe('another server keeps from running', () => {
  test('no undo that was shown for it, wherever the rows of the change were read', () => {
    const run = changed(BY_ROWS);
    reaches(run, 'two');
    run.send({ type: 'UNDO.change' });
    expect(gate(run)).toMatchObject({ changes: { server: true } });
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'undo', server: 'two' }]);
  });

  test('no undo that reaches none', () => {
    const run = changed(UNDONE_BY_SCRIPT);
    run.send({ type: 'UNDO.change' });
    reaches(run, 'two');
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'undo', action: { kind: 'shell' } }]);
  });
});

describe('rows that come from another server', () => {
  test('are put before the operator, also when they are the same', () => {
    const run = atGate(BY_ROWS);
    confirm(run);
    reaches(run, 'two');
    run.rows({ pid: 7 });
    expect(run.state).toBe('change.gate');
    expect(gate(run)).toMatchObject({ changes: { server: true } });
    expect(executed(run)).toEqual([]);
  });

  test('leave nothing to ask where there are none', () => {
    const run = atGate(BY_ROWS);
    confirm(run);
    reaches(run, 'two');
    run.rows();
    expect(recorded(run, 'step.skipped')).toMatchObject([{ by: 'empty-preview' }]);
    expect(run.state).toBe('after.asking');
  });
});

test.each([
  ['a change', CHANGE],
  ['a change of rows', BY_ROWS],
])('a server that is not the one of %s right before it runs puts the gate again', (_, steps) => {
  const run = atGate(steps);
  confirm(run);
  if (run.state === 'change.checking') run.sameRows();
  run.send({
    type: 'FAILED',
    error: { kind: 'other_server', message: 'it is another server' },
    elapsedMs: 0,
    random: 0,
  });
  if (run.state === 'change.previewing') run.rows({ pid: 7 });
  expect(run.state).toBe('change.gate');
});

test('a server that is not the one of an undo right before it runs puts its gate again', () => {
  const run = changed(CHANGE);
  run.send({ type: 'UNDO.change' });
  confirm(run);
  expect(run.state).toBe('change.undoing.running');
  run.send({
    type: 'FAILED',
    error: { kind: 'other_server', message: 'it is another server' },
    elapsedMs: 0,
    random: 0,
  });
  expect(run.state).toBe('change.undoing.gate');
});

test('without a known server, the rows name none', () => {
  const run = stepping(BY_ROWS);
  run.rows({ pid: 7 });
  expect(gate(run)?.preview).not.toHaveProperty('server');
});
