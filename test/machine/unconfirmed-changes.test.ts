import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { compileRunbook } from '#machine/compile-runbook.ts';
import { unconfirmedChanges } from '#machine/unconfirmed-changes.ts';
import { parsed, sha256, shipped } from '../fixtures/compiled.ts';

const byConfirmation = { guard: 'confirms', target: 'running' };

function whenFound(as: string): object {
  return { guard: { type: 'rechecks', params: { step: 'terminate_idle', as } }, target: 'running' };
}

test.each<[string, object, string]>([
  ['whatever was found', { SUCCEEDED: 'running' }, 'checking'],
  ['when nothing was found', { SUCCEEDED: whenFound('nothing-found') }, 'checking'],
  ['when the gate is to be put again', { SUCCEEDED: whenFound('ask-again') }, 'checking'],
  ['when the rows could not be read', { FAILED: 'running' }, 'checking'],
  ['by a confirmation that skips reading them', { CONFIRM: byConfirmation }, 'gate'],
  ['by reading them without a confirmation', { REFRESH: 'checking' }, 'gate'],
])('the walk finds rows that are not read again: %s', (_, on, state) => {
  const { config } = compileRunbook(shipped('pool-exhausted'), sha256);
  const step = config.states?.terminate_idle;
  const states = { ...step?.states, [state]: { ...step?.states?.[state], on } };
  const open = createMachine({
    ...config,
    states: { ...config.states, terminate_idle: { ...step, states } },
  } as never);
  expect(unconfirmedChanges(open)).toHaveLength(1);
});

test('the walk finds a gate that was taken out', () => {
  const machine = compileRunbook(shipped('pool-exhausted'), sha256);
  const { config } = machine;
  const step = config.states?.terminate_idle;
  const open = createMachine({
    ...config,
    states: {
      ...config.states,
      terminate_idle: {
        ...step,
        states: { ...step?.states, proposing: { always: 'running' } },
      },
    },
  } as never);
  expect(unconfirmedChanges(open)).toEqual([
    { state: 'run.terminate_idle.running', from: 'run.terminate_idle.proposing', event: '' },
  ]);
});

test('the walk finds a gate that opens without its guard', () => {
  const machine = compileRunbook(shipped('pool-exhausted'), sha256);
  const { config } = machine;
  const step = config.states?.terminate_idle;
  const gate = step?.states?.gate;
  const open = createMachine({
    ...config,
    states: {
      ...config.states,
      terminate_idle: {
        ...step,
        states: { ...step?.states, gate: { ...gate, on: { CONFIRM: 'running' } } },
      },
    },
  } as never);
  expect(unconfirmedChanges(open)).toHaveLength(1);
});

test('the walk finds a list that is confirmed without its gate', () => {
  const text = `
name: inline
title: Two changes
summary: Two changes.
steps:
  - { id: one, for_each: '[1, 2]', gate: all, effect: change, shell: date }
`;
  const { config } = compileRunbook(parsed(text), sha256);
  const step = config.states?.one;
  const item = step?.states?.item;
  const found = (state: string, given: object) => {
    const states = { ...item?.states, [state]: { ...item?.states?.[state], ...given } };
    const opened = createMachine({
      ...config,
      states: {
        ...config.states,
        one: { ...step, states: { ...step?.states, item: { ...item, states } } },
      },
    } as never);
    return unconfirmedChanges(opened);
  };
  expect(found('beginning', {})).toEqual([]);
  const kept = { target: 'beginning', actions: 'keepTogether' };
  expect(found('asked', { on: { RETRY: kept } })).toHaveLength(1);
  expect(found('gate', { on: { REFRESH: kept } })).toHaveLength(1);
  expect(found('beginning', { entry: 'keepTogether' })).toHaveLength(1);
  const together = { guard: 'isConfirmedTogether', target: 'running' };
  expect(found('asked', { on: { RETRY: together } })).toHaveLength(1);
});

test.each([
  ['an undo', 'undoing', (undoing: object) => ({ ...undoing, on: { RETRY: '.running' } })],
  [
    'an item',
    'item',
    (item: { states?: object }) => ({
      ...item,
      states: { ...item.states, beginning: { always: 'running' } },
    }),
  ],
])('the walk finds the gate of %s that was taken out', (_, name, open) => {
  const text = `
name: inline
title: Two changes
summary: Two changes.
steps:
  - { id: one, for_each: '[1, 2]', effect: change, shell: date, undo: { shell: date } }
`;
  const { config } = compileRunbook(parsed(text), sha256);
  const step = config.states?.one;
  const states = { ...step?.states, [name]: open((step?.states?.[name] ?? {}) as object) };
  const opened = createMachine({
    ...config,
    states: { ...config.states, one: { ...step, states } },
  } as never);
  expect(unconfirmedChanges(opened)).toHaveLength(1);
});
