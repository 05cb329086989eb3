import { expect, test } from 'vitest';
import type { OtherRun } from '#events/log/event.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import { otherRunsTexts } from '#events/wording/other-runs.ts';
import { atGate } from '../fixtures/pool-exhausted-log.ts';

const KIM: OtherRun = {
  ...{ run: '20261123-1701-refused-k3f9', runbook: 'refused', title: 'Restart it' },
  ...{ operator: 'kim', host: 'desk', since: '2026-11-23T17:01:22.000Z' },
  ...{ same: true, atWork: false },
};

test('a gate says who is at the same change, in which run, since when, and whether it runs', () => {
  const [run, since] = [KIM.run, 'since 17:01:22 UTC'];
  expect(otherRunsTexts({ runs: [KIM, { ...KIM, atWork: true }] })).toEqual([
    `kim@desk is at the gate of the same change in run ${run}, ${since}.`,
    `kim@desk runs the same change right now in run ${run}, ${since}.`,
  ]);
  const weaker = { ...KIM, same: false, atWork: true, unchecked: true } as const;
  expect(otherRunsTexts({ runs: [weaker] })).toEqual([
    `kim@desk changes this target in run ${run}, ${since}: Restart it. Its process cannot be checked from here.`,
  ]);
  expect(otherRunsTexts({ runs: [KIM, KIM, KIM, KIM, KIM] }).at(-1)).toBe(
    '2 more runs at a change of this target.',
  );
  expect(otherRunsTexts({ runs: [], error: 'no space left' })).toEqual([
    'Could not check whether another run is at the same change: no space left.',
  ]);
});

test('what was found stays at the gate when its rows are read again, until nobody is left', () => {
  const before = foldEvents(atGate.events);
  const gate = before?.gate;
  if (gate === undefined) throw new Error('no gate is open');
  const { at: _, seq: __, ...opened } = gate;
  const at = '2026-11-23T17:02:00.000Z';
  const { step } = gate;
  const told = foldEvent(before, {
    seq: 901,
    at,
    event: { type: 'gate.others', step, runs: [KIM] },
  });
  expect(told.gate?.others).toEqual({ runs: [KIM] });
  const again = foldEvent(told, { seq: 902, at, event: { type: 'gate.opened', ...opened } });
  expect(again.gate?.others).toEqual({ runs: [KIM] });
  const alone = foldEvent(again, { seq: 903, at, event: { type: 'gate.others', step, runs: [] } });
  expect(alone.gate?.others).toBeUndefined();
});
