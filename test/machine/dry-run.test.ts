import { describe, expect, test } from 'vitest';
import { compileRunbook } from '#machine/compile-runbook.ts';
import { sha256, shipped } from '../fixtures/compiled.ts';
import { asked, executed, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const END = `
  - id: end
    on: db
    effect: destructive
    preview: { sql: SELECT pid FROM s }
    sql: 'SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})'
    verify: { sql: SELECT 1, until: result.row.ok }
    undo: { sql: SELECT back() }
  - { id: hand, manual: Do something. }
  - { id: rest, wait: 10s }
  - id: decide
    on: db
    effect: change
    sql: SELECT do_it()
    next:
      - if: result.row_count > 1
        goto: many
  - { id: few, effect: read, sql: SELECT 1 }
  - { id: many, effect: read, sql: SELECT 2 }
`;

const dry = (auto: boolean) => stepping(END, { auto }, { mode: 'dry-run' });

/** Returns the names of all entry actions of a machine. */
function entryActions(config: unknown): readonly string[] {
  return [...JSON.stringify(config).matchAll(/"type":"(\w+)"/g)].map(([, name = '']) => name);
}

describe('in a dry run', () => {
  test('no state executes a change', () => {
    const dryMachine = compileRunbook(shipped('pool-exhausted'), sha256, { mode: 'dry-run' });
    expect(entryActions(dryMachine.config)).not.toContain('executeChange');
    expect(entryActions(compileRunbook(shipped('pool-exhausted'), sha256).config)).toContain(
      'executeChange',
    );
  });

  test('the rows of a change are read and its gate is shown whole; going on simulates it', () => {
    const run = dry(false);
    run.send({ type: 'CONTINUE' });
    run.rows({ pid: 7 });
    expect(gate(run)).toMatchObject({
      simulated: true,
      effect: 'destructive',
      action: { values: [7] },
      preview: { rows: [{ pid: 7 }] },
    });
    expect(asked(run)).toMatchObject({ for: 'gate' });
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toEqual([]);
    expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'end', status: 'simulated' }]);
    expect(run.state).toBe('hand.asking');
  });

  test('a confirmation simulates as well, and a decline declines', () => {
    const run = dry(false);
    run.send({ type: 'CONTINUE' });
    run.rows({ pid: 7 });
    const other = dry(false);
    run.send({ type: 'CONFIRM', digest: 'any' });
    expect(recorded(run, 'step.settled')).toMatchObject([{ status: 'simulated' }]);
    other.send({ type: 'CONTINUE' });
    other.rows({ pid: 7 });
    other.send({ type: 'DECLINE', reason: 'no' });
    expect(other.state).toBe('end.failed');
  });

  test('a gate and an instruction wait, also where reads run by themselves', () => {
    const run = dry(true);
    run.rows({ pid: 7 });
    expect(asked(run)).toMatchObject({ step: 'end', for: 'gate' });
    run.send({ type: 'AUTO', on: true });
    expect(run.state).toBe('end.gate');
    run.send({ type: 'CONTINUE' });
    expect(asked(run)).toMatchObject({ step: 'hand', for: 'report' });
  });

  test('it goes as far as can be told, and asks where a result is missing', () => {
    const run = dry(true);
    run.rows({ pid: 7 });
    const settled = ['end', 'hand', 'decide'].flatMap(() => {
      run.send({ type: 'CONTINUE' });
      return recorded(run, 'step.settled').map(({ step, status }) => `${step} ${status}`);
    });
    expect(settled).toEqual([
      'end simulated',
      'hand simulated',
      'rest simulated',
      'decide simulated',
    ]);
    const awaits = run.at.effects.flatMap(({ type, params }) => (type === 'await' ? [params] : []));
    expect(awaits).toMatchObject([{ step: 'decide', for: 'decision' }]);
    run.send({ type: 'CHOOSE.0', reason: 'let us see' });
    expect(executed(run)).toMatchObject([{ step: 'many', effect: 'read' }]);
  });

  test('nothing can be undone, for nothing was done', () => {
    const run = dry(true);
    run.rows({ pid: 7 });
    for (const _ of ['end', 'hand', 'decide']) run.send({ type: 'CONTINUE' });
    expect(run.send({ type: 'UNDO.end' })).toEqual([]);
  });
});
