import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surroundingsOf } from '#events/wording/action-surroundings.ts';
import { type StepError, wasNotSent } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { executeForEach } from '#steps/database/each-row.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { ConfirmedRun } from '../../support/confirmed-run.ts';
import { SQL_ENGINES, type Started } from '../../support/sql-engines.ts';

/** Its statement takes the next row away with its own, and the one for 7 cannot be taken away. */
const TAKE_AWAY = `
  - id: take
    effect: destructive
    preview: { sql: 'SELECT id, note FROM orders WHERE id >= FROM_ID ORDER BY id', volatile: [note] }
    sql: DELETE FROM orders WHERE id IN (\${{ preview.each.id }}, \${{ preview.each.id }} + 1)
    confirm: { phrase: go on }
    next: [{ if: 'error.kind != "none"', goto: after }]
  - { id: after, manual: Look. }
`;

describe.each(SQL_ENGINES)('a statement that is sent once for each row, on $title', (engine) => {
  let started: Started;

  beforeAll(async () => {
    if (engine.isHere) started = await engine.start();
  });
  afterAll(() => started?.server.stop());

  async function confirmed(from: number) {
    const ask = await engine.other(started.url);
    for (const text of [
      'DROP TABLE IF EXISTS items',
      'DROP TABLE IF EXISTS orders',
      'CREATE TABLE orders (id int PRIMARY KEY, note text)',
      'CREATE TABLE items (of_order int, FOREIGN KEY (of_order) REFERENCES orders (id))',
      `INSERT INTO orders VALUES (1, 'a'), (2, 'b'), (5, 'c'), (7, 'd'), (9, 'e')`,
      ...(from === 0 ? ['DELETE FROM orders WHERE id = 7'] : ['INSERT INTO items VALUES (7)']),
    ])
      await ask(text);
    const run = await ConfirmedRun.of(TAKE_AWAY.replace('FROM_ID', String(from)), started.url);
    const gate = await run.gate();
    run.confirm(gate);
    await run.end();
    const left = (await ask('SELECT id FROM orders ORDER BY id')).map(({ id }) => id);
    const take = run.view.steps.find(({ id }) => id === 'take');
    return { gate, left, take, change: run.view.changes?.[0] };
  }

  test.skipIf(!engine.isHere)('one gate shows all rows, and says how it is sent', async () => {
    const { gate } = await confirmed(1);
    expect(gate.action.text).toMatch(/^DELETE FROM orders WHERE id IN \(\$1, \$2 \+ 1\)$/);
    expect(surroundingsOf(gate.action)).toEqual([
      ...['$1 = 1, 2, 5, 7, 9', '$2 = 1, 2, 5, 7, 9'],
      'sent once for each of 5 rows, if a look right before still finds it',
    ]);
  });

  test.skipIf(!engine.isHere)('a row that is gone when its turn comes is spared', async () => {
    const { left, change } = await confirmed(0);
    expect(left).toEqual([]);
    expect(change?.state).toBe('succeeded');
    expect(change?.rows).toMatchObject({ pinned: 4, affected: 3 });
  });

  test.skipIf(!engine.isHere)('the first error ends it, and says how far it came', async () => {
    const { left, take } = await confirmed(1);
    expect(left).toEqual([7, 9]);
    expect(take?.state).toBe('failed');
    expect(take?.error?.message).toMatch(/^after 2 of 5 rows: .*foreign key/is);
  });
});

describe('a connection that cannot be made again', () => {
  const look: SqlAction = {
    ...{ kind: 'sql', target: 'db', text: 'SELECT id', values: [], origin: [] },
    ...{ readOnly: true, timeoutMs: 1_000 },
  };
  const action = {
    ...{ ...look, text: 'DELETE', readOnly: false, values: [1, 2] },
    each: { rows: [{ id: 1 }, { id: 2 }], again: look },
  };
  const refused: StepOutcome = {
    ...{ status: 'failed', error: { kind: 'refused', phase: 'tcp', message: 'no' } },
  };

  /** Answers as often as told, and then no more. */
  const answering = (times: number): (() => Promise<StepOutcome>) => {
    let left = times;
    return async () => {
      left -= 1;
      if (left < 0) return refused;
      return { status: 'succeeded', result: { columns: ['id'], rows: [{ id: 1 }], row_count: 1 } };
    };
  };

  test('before the first statement, nothing was sent', async () => {
    const { error } = (await executeForEach(action, answering(0))) as { error?: StepError };
    expect(wasNotSent(error)).toBe(true);
  });

  test('after the first statement, something was sent', async () => {
    const { error } = (await executeForEach(action, answering(2))) as { error?: StepError };
    expect(error?.message).toBe('after 1 of 2 rows: no');
    expect(wasNotSent(error)).toBe(false);
  });
});
