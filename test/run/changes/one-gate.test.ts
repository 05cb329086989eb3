import { expect, test, vi } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { OtherRuns } from '#run/changes/other-runs.ts';
import type { OtherSign } from '#run/changes/port.ts';
import { asks, recordedSession } from '../../fixtures/recorded-session.ts';
import { atGate, board, other, PREVIEWED, told } from '../../fixtures/run-on-board.ts';

/** The signs alone, at the gate of a run, with a view that a test sets. */
async function alone(changed: (view: RunView) => object = () => ({})) {
  const { run } = await atGate();
  const looks: ((others: readonly OtherSign[]) => void)[] = [];
  const seen = board(() => new Promise((resolve) => looks.push(resolve)));
  const recorded: RunEvent[] = [];
  const of: { view: RunView } = {
    view: { ...run.session.view(), ...changed(run.session.view()) },
  };
  const rings: (() => void)[] = [];
  const others = new OtherRuns(
    {
      ...{ ...run.parts, board: seen.port },
      schedule: (_, onOver) => {
        rings.push(onOver);
        return () => undefined;
      },
    },
    {
      ...{ view: () => of.view, context: () => run.snapshot.context },
      ...{ record: (event) => void recorded.push(event), later: (act) => act() },
    },
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { ...seen, of, others, looks, recorded, rings, settled };
}

test.each<[string, (view: RunView) => object]>([
  ['of a dry run', ({ gate }) => ({ gate: gate && { ...gate, simulated: true } })],
  ['that was left for a failure', ({ awaited }) => waiting(awaited, { for: 'failure' })],
  ['that was left for another step', ({ awaited }) => waiting(awaited, { step: 'ask' })],
  ['that waits for nothing any more', () => ({ awaited: undefined })],
  ['that is not there', () => ({ gate: undefined })],
])('a gate %s shows no sign', async (_, changed) => {
  const { others, signs, looks, settled } = await alone(changed);
  others.look();
  await settled();
  expect([signs(), looks]).toEqual([[], []]);
});

function waiting(awaited: RunView['awaited'], more: object): object {
  return { awaited: { ...awaited, ...more } };
}

test('what was looked up for an earlier gate is not told at a later one', async () => {
  const { of, others, looks, recorded, signs, settled, rings } = await alone();
  others.look();
  await settled();
  const { gate, awaited } = of.view;
  if (gate === undefined || awaited === undefined) throw new Error('there is no gate');
  of.view = { ...of.view, gate: { ...gate, seq: gate.seq + 9 } };
  others.look();
  looks[0]?.([other(signs()[0])]);
  await settled();
  await settled();
  expect(recorded).toEqual([]);
  expect(rings).toEqual([]);
  looks[1]?.([other(signs()[0])]);
  await settled();
  expect(recorded).toMatchObject([{ type: 'gate.others', runs: [{ run: 'b2' }] }]);
  expect(rings).toHaveLength(1);
});

test('a gate behind a command keeps its sign, is told nothing, and is not what is confirmed', async () => {
  const { of, others, looks, recorded, signs, settled } = await alone();
  const { gate, awaited } = of.view;
  of.view = { ...of.view, behind: { awaited, gate } as never };
  others.look();
  await settled();
  looks[0]?.([other(signs()[0])]);
  await settled();
  expect(recorded).toEqual([]);
  const intent = { type: 'confirm', digest: '' } as const;
  expect(others.claim({ intent, by: 'ada', answers: awaited?.seq })).toBeUndefined();
  await settled();
  expect(signs().map(({ isAtWork }) => isAtWork)).toEqual([false]);
});

test('what a gate is told of other runs names its item', async () => {
  const text = PREVIEWED.replace(
    '    on: db\n',
    '    on: db\n    for_each: \'["x"]\'\n    as: it\n',
  );
  const seen = board(() => [other(seen.signs().at(-1))]);
  const run = recordedSession(text, {
    parts: { board: seen.port },
    ends: () => ({
      status: 'succeeded',
      result: { rows: [{ a: 1 }], row: { a: 1 }, row_count: 1, columns: ['a'] },
    }),
  });
  run.begin();
  await asks(run, 'gate');
  await vi.waitFor(() => expect(told(run.events)).toHaveLength(1));
  expect(told(run.events)).toMatchObject([{ step: 'end', item: { index: 1, count: 1 } }]);
});
