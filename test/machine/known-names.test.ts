import { describe, expect, test } from 'vitest';
import type { StepError } from '#runbook/model/step-error.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

/** Ends the first step so, and returns what the next one says in its own words. */
function said(text: string, error?: StepError): string | undefined {
  const run = stepping(`
  - id: one
    effect: read
    sql: SELECT 1
    next: [{ if: error.kind != "lock", finding: '${text}', goto: two }]
  - { id: two, manual: Look. }
`);
  if (error === undefined) run.rows({ n: 1 });
  else run.send({ type: 'FAILED', error, elapsedMs: 0, random: 0 });
  return recorded(run, 'branch.taken')[0]?.finding;
}

describe('what an expression knows of a failure', () => {
  const all = [
    '${{ error.kind }}',
    '${{ error.message }}',
    '${{ error.phase }}',
    '${{ error.code }}',
    '${{ error.hint }}',
  ].join('|');

  test('is all that is known of it', () => {
    const error = {
      kind: 'auth',
      message: 'no',
      phase: 'auth',
      code: '28P01',
      hint: 'ask',
    } as const;
    expect(said(all, error)).toBe('auth|no|auth|28P01|ask');
  });

  test('is empty where nothing is known', () => {
    expect(said(all, { kind: 'exit', message: 'it ended' })).toBe('exit|it ended|||');
  });

  test('is that there was none', () => {
    expect(said(all)).toBe('none||||');
  });
});

describe('what an expression knows of a result', () => {
  const FIRST =
    "  - { id: one, effect: read, sql: SELECT 1 }\n  - { id: two, manual: 'It is ${{ steps.one.row.n }}.' }\n";

  test('is its first row', () => {
    const run = stepping(FIRST);
    run.rows({ n: 1 }, { n: 2 });
    expect(asked(run)?.prompt).toBe('It is 1.');
    expect(run.at.snapshot.context.steps.one).toMatchObject({
      status: 'succeeded',
      row: { n: 1 },
      row_count: 2,
    });
  });

  test('has no first row where there are none', () => {
    const run = stepping(FIRST);
    run.rows();
    expect(run.at.snapshot.context.steps.one).not.toHaveProperty('row');
    expect(asked(run)?.prompt).not.toBe('It is undefined.');
  });

  test('and of a failure afterwards is both', () => {
    const run = stepping(FIRST);
    const result = { columns: ['n'], rows: [{ n: 3 }], row_count: 1 };
    run.send({ ...failure('exit'), result });
    expect(run.at.snapshot.context.steps.one).toMatchObject({
      status: 'failed',
      row: { n: 3 },
      error: { kind: 'exit', message: 'it is exit' },
    });
  });
});

describe('what an expression knows of the rows of a change', () => {
  test('is the first of them, and that none was spared yet', () => {
    const run = stepping(`
  - id: end
    on: db
    effect: change
    preview: { sql: SELECT pid FROM s }
    sql: 'SELECT f(\${{ preview.row.pid }}, \${{ preview.spared }}, \${{ preview.row_count }})'
`);
    run.rows({ pid: 7 }, { pid: 8 });
    expect(gate(run)).toMatchObject({ action: { values: [7, 0, 2] } });
  });
});

describe('what an expression knows of an item', () => {
  const EACH = `
  - { id: end, for_each: '["a", "b"]', as: host, on: db, effect: change, sql: 'SELECT f(\${{ host }})', undo: { sql: 'SELECT back(\${{ host }})' } }
  - { id: look, effect: read, sql: SELECT 1 }
`;

  test('is its value, by the name that it was given', () => {
    const run = stepping(EACH);
    expect(gate(run)).toMatchObject({ action: { values: ['a'] } });
  });

  test('is its value when it is undone, wherever the run is then', () => {
    const run = stepping(EACH);
    for (const _ of ['a', 'b']) {
      run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
      run.rows();
    }
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.end' });
    run.send({ type: 'SKIP', reason: '' });
    run.send({ type: 'SKIP', reason: '' });
    run.send(failure('timeout'));
    run.send({ type: 'UNDO.end' });
    expect(gate(run)).toMatchObject({ part: 'undo', action: { values: ['b'] } });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    expect(executed(run)).toMatchObject([{ part: 'undo', action: { values: ['b'] } }]);
  });
});
