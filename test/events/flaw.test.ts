import { expect, test } from 'vitest';
import { eventFlaw } from '#events/log/event.ts';

const ACTED = { type: 'operator.acted', step: 'a', operator: 'ada' };
const PAUSED = { type: 'run.paused', reason: 'x' };
const BRANCH = {
  type: 'branch.taken',
  step: 'a',
  clause: null,
  by: 'order',
  goto: 'b',
  notTaken: [],
};

test.each<readonly [string, unknown, string | undefined]>([
  ['an event', { type: 'step.entered', step: 'a', visit: 1 }, undefined],
  ['a field of a later program', { type: 'timer.fired', step: 'a', later: [1] }, undefined],
  ['another type of a field', { type: 'step.entered', step: 'a', visit: '1' }, 'visit'],
  ['a reason in words alone', { type: 'run.paused', reason: 'left' }, undefined],
  ['a reason as data', { ...PAUSED, why: { kind: 'other-run', run: 'k7f2' } }, undefined],
  ['a reason of a later program', { ...PAUSED, why: { kind: 'rain' } }, undefined],
  ['a reason without words', { type: 'run.paused', why: { kind: 'interrupted' } }, 'reason'],
  ['no such event', { type: 'step.thought' }, 'type'],
  ['an intent', { ...ACTED, intent: { type: 'skip', reason: 'no' } }, undefined],
  ['an intent without its reason', { ...ACTED, intent: { type: 'skip' } }, 'intent.reason'],
  ['no such intent', { ...ACTED, intent: { type: 'hope' } }, 'intent.type'],
  ['a value', { ...BRANCH, values: [{ name: 'x', value: null }] }, undefined],
  ['a name without its value', { ...BRANCH, values: [{ name: 'x' }] }, 'values.0.value'],
])('%s: what is wrong with it, if anything', (_, event, flaw) => {
  expect(eventFlaw(event)).toBe(flaw);
});
