import { expect, test } from 'vitest';
import { asked, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const looking = (next: string) => `
  - id: look
    effect: read
    sql: SELECT 1
    next:
${next}
  - { id: after, manual: Look. }
  - { id: far, manual: Look. }
`;

test('where no clause is true, the record has every value that was looked at, once', () => {
  const run = stepping(
    looking(`
      - { if: result.row.n > 7 && result.row.n < 9, goto: far }
      - { if: result.row.n > inputs.least, goto: far }`),
  );
  run.rows({ n: 1 });
  expect(recorded(run, 'branch.taken').map(({ values }) => values)).toEqual([
    [
      { name: 'result.row.n', value: 1 },
      { name: 'inputs.least', value: 4 },
    ],
  ]);
  expect(run.state).toBe('after.asking');
});

test('where a clause is true, the record has the values of that one', () => {
  const run = stepping(
    looking(`
      - { if: inputs.least > 7, goto: far }
      - { if: result.row.n == 1 && result.row.n < 9, goto: far }`),
  );
  run.rows({ n: 1 });
  expect(recorded(run, 'branch.taken').map(({ values }) => values)).toEqual([
    [{ name: 'result.row.n', value: 1 }],
  ]);
});

test('a condition that names the error and more decides after a failure', () => {
  const run = stepping(
    looking(`
      - { if: inputs.go && error.kind == "timeout", goto: far }`),
  );
  run.send(failure('timeout'));
  expect(run.state).toBe('far.asking');
});

test('a part of nothing has no value, and the operator decides', () => {
  const run = stepping(
    looking(`
      - { if: result.row.x.y > 1, goto: far }`),
  );
  run.rows({ x: null });
  expect(asked(run)).toMatchObject({ for: 'decision' });
  expect(asked(run)?.values ?? []).toEqual([]);
});

test('a finding with a hole is said of a step that ran, and not of one that was skipped', () => {
  const steps = looking(`
      - { finding: 'It is \${{ result.row.n }}.', goto: far }`);
  const run = stepping(steps);
  run.rows({ x: 1 });
  expect(recorded(run, 'branch.taken').map(({ finding }) => finding)).toEqual([
    expect.stringContaining('It is '),
  ]);
  const skipped = stepping(steps, { auto: false });
  skipped.send({ type: 'SKIP', reason: 'no' });
  expect(recorded(skipped, 'branch.taken').map(({ finding }) => finding)).toEqual([undefined]);
});

test('a number beyond those of JSON is recorded as text', () => {
  const run = stepping(
    looking(`
      - { if: result.row.n == 1 && inputs.least > 7, goto: far }`),
    { inputs: { least: 2n ** 60n } },
  );
  run.rows({ n: 1 });
  expect(recorded(run, 'branch.taken')[0]?.values).toContainEqual({
    name: 'inputs.least',
    value: String(2n ** 60n),
  });
});

test('a branch is recorded with its condition and its finding, and with what was not taken', () => {
  const run = stepping(
    looking(`
      - { if: result.row.n == 2, goto: far, finding: There are two. }
      - { if: result.row.n == 1, goto: far, finding: "There is \${{ result.row.n }}." }
      - { goto: after }`),
  );
  run.rows({ n: 1 });
  expect(recorded(run, 'branch.taken')).toStrictEqual([
    {
      ...{ type: 'branch.taken', step: 'look', clause: 1, by: 'condition', goto: 'far' },
      values: [{ name: 'result.row.n', value: 1 }],
      notTaken: [
        { condition: 'result.row.n == 2', goto: 'far', finding: 'There are two.' },
        { goto: 'after' },
      ],
      ...{ condition: 'result.row.n == 1', finding: 'There is 1.' },
    },
  ]);
});
