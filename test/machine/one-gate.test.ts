import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const LIST = `
  - id: restart
    for_each: '["a", "b", "c"]'
    as: host
    gate: all
    effect: change
    on: { ssh: "ops@\${{ host }}" }
    shell: systemctl restart orders
    verify: { shell: "true", until: result.exit_code == 0, within: 5s }
    undo: { shell: systemctl stop orders }
  - { id: after, manual: 'Restarted \${{ steps.restart.count }}.' }
`;

const DONE = { exit_code: 0, stdout: '' };

function succeed(run: Stepper): void {
  run.send({ type: 'SUCCEEDED', result: DONE, at: '2026-01-01T00:00:00Z', elapsedMs: 0 });
}

function confirm(run: Stepper): void {
  const { digest = '', phrase } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, phrase });
}

/** The labels of the items that the open gate is for. */
function listed(run: Stepper): readonly string[] | undefined {
  return gate(run)?.all?.map(({ item }) => item.label);
}

describe('one gate for all items', () => {
  test('shows the change of each, and its confirmation runs them one after the other', () => {
    const run = stepping(LIST);
    expect(listed(run)).toEqual(['a', 'b', 'c']);
    const opened = gate(run);
    expect(opened?.item).toBeUndefined();
    expect(opened?.all?.map(({ action }) => action)).toMatchObject(
      ['a', 'b', 'c'].map((host) => ({ place: { kind: 'ssh', destination: `ops@${host}` } })),
    );
    confirm(run);
    for (const [at, host] of ['a', 'b', 'c'].entries()) {
      expect(executed(run)).toMatchObject([
        {
          ...{ part: 'action', effect: 'change', item: { index: at + 1 } },
          action: { place: { destination: `ops@${host}` } },
          ...{ digest: opened?.all?.[at]?.digest, confirmed: opened?.digest },
        },
      ]);
      succeed(run);
      expect(executed(run)).toMatchObject([{ part: 'verify' }]);
      succeed(run);
    }
    expect(run.state).toBe('after.asking');
  });

  test('covers no more after an item that failed: those that are left have one gate again', () => {
    const run = stepping(LIST);
    confirm(run);
    succeed(run);
    succeed(run);
    run.send(failure('exit'));
    expect(asked(run)).toMatchObject({ for: 'failure', item: { label: 'b' } });
    run.send({ type: 'RETRY' });
    expect(listed(run)).toEqual(['b', 'c']);
    run.send({ type: 'DECLINE', reason: 'not that one' });
    run.send({ type: 'SKIP', reason: 'not that one' });
    expect(gate(run)).toMatchObject({ all: undefined, item: { label: 'c' } });
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'action', item: { index: 3 } }]);
  });

  test('covers no more after the run was interrupted', () => {
    const run = stepping(LIST);
    confirm(run);
    succeed(run);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
    succeed(run);
    expect(listed(run)).toEqual(['b', 'c']);
  });

  test('covers no more after the run was stopped between two items', () => {
    const run = stepping(LIST);
    confirm(run);
    run.send({ type: 'STOP' });
    succeed(run);
    succeed(run);
    expect(asked(run)).toMatchObject({ for: 'stopped' });
    run.send({ type: 'CONTINUE' });
    expect(listed(run)).toEqual(['b', 'c']);
  });

  test('covers no more after a change whose outcome is unknown', () => {
    const run = stepping(LIST);
    confirm(run);
    run.send({ type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } });
    run.send({ type: 'MARK_DONE', evidence: 'seen' });
    expect(listed(run)).toEqual(['b', 'c']);
  });

  test('with a budget, a failure within it does not end the confirmation', () => {
    const run = stepping(LIST.replace('gate: all', 'gate: all\n    max_failures: 1'));
    confirm(run);
    run.send(failure('exit'));
    expect(executed(run)).toMatchObject([{ part: 'action', item: { index: 2 } }]);
    run.send(failure('exit'));
    expect(asked(run)).toMatchObject({ for: 'failure', item: { label: 'b' } });
  });

  test('is not opened by the digest of one item', () => {
    const run = stepping(LIST);
    const [first] = gate(run)?.all ?? [];
    run.send({ type: 'CONFIRM', digest: first?.digest ?? '' });
    expect(run.state).toBe('restart.item.gate');
    expect(executed(run)).toEqual([]);
  });

  test('that is skipped skips all that are left', () => {
    const run = stepping(LIST);
    run.send({ type: 'SKIP', reason: 'nobody needs it' });
    expect(run.state).toBe('after.asking');
    expect(run.at.snapshot.context.steps.restart).toMatchObject({ count: 3, left: 2 });
  });

  test('is not shown when the change of an item cannot be rendered, and says which', () => {
    const run = stepping(LIST.replace('"c"]', '"-oProxyCommand=id"]'));
    expect(gate(run)).toBeUndefined();
    expect(asked(run)?.error?.message).toContain('-oProxyCommand=id: ');
  });

  test('in a dry run is shown once', () => {
    const run = stepping(LIST, {}, { mode: 'dry-run' });
    expect(listed(run)).toEqual(['a', 'b', 'c']);
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('after.asking');
    expect(recorded(run, 'item.settled').map(({ status }) => status)).toEqual([
      'simulated',
      'simulated',
      'simulated',
    ]);
  });

  test('undoes each item by itself', () => {
    const run = stepping(LIST);
    confirm(run);
    for (let steps = 0; steps < 6; steps += 1) succeed(run);
    run.send({ type: 'UNDO.restart' });
    expect(gate(run)).toMatchObject({ part: 'undo', item: { label: 'c' }, all: undefined });
  });
});

test('the undo of an item runs by its own confirmation, not by that of the list', () => {
  const run = stepping(LIST);
  confirm(run);
  for (let sent = 0; sent < 6; sent += 1) succeed(run);
  run.send({ type: 'UNDO.restart' });
  const digest = gate(run)?.digest;
  confirm(run);
  expect(executed(run)).toMatchObject([{ part: 'undo', digest, confirmed: digest }]);
  expect(executed(run)[0]?.isTogether).not.toBe(true);
});
