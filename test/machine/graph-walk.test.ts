import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { type UnconfirmedChange, unconfirmedChanges } from '#machine/unconfirmed-changes.ts';

const RUNNING = { entry: ['note', 'executeChange'] };
const CONFIRM = { guard: 'confirms', target: 'running' };
const GATE = { entry: [{ type: 'openGate' }, { type: 'await' }], on: { CONFIRM } };
const REREAD = { ...GATE, on: { CONFIRM: { guard: 'confirms', target: 'checking' } } };

function found(as: unknown): object {
  return { guard: { type: 'rechecks', params: { step: 'one', as } }, target: 'running' };
}

const CHECKING = {
  entry: [{ type: 'noteConfirmation' }, { type: 'executeRead' }],
  on: { SUCCEEDED: [found('as-shown'), found('narrowed'), { target: 'gate' }] },
};

/** The ways that lead around the gate of a machine with these states, which begins in `gate`. */
function around(states: object, more: object = {}): readonly UnconfirmedChange[] {
  const machine = createMachine({ id: 'run', initial: 'gate', states, ...more } as never);
  return unconfirmedChanges(machine);
}

function way(from: string, event: string, state = 'run.running'): UnconfirmedChange {
  return { state, from, event };
}

describe('no way leads around', () => {
  test('a gate that opens on a confirmation', () => {
    expect(around({ gate: GATE, running: RUNNING })).toEqual([]);
  });

  test('a gate after which the rows are read again', () => {
    expect(around({ gate: REREAD, checking: CHECKING, running: RUNNING })).toEqual([]);
  });

  test('a gate that is itself the whole machine', () => {
    const inner = {
      id: 'run',
      ...GATE,
      on: { CONFIRM: { guard: 'confirms', target: '.running' } },
    };
    expect(around({ idle: {}, running: RUNNING }, { ...inner, initial: 'idle' })).toEqual([]);
  });

  test('a gate where an answer changes nothing', () => {
    const on = { CONFIRM: [CONFIRM, { guard: 'confirms', actions: 'record' }], TIMER: {} };
    expect(around({ gate: { ...GATE, on }, running: RUNNING })).toEqual([]);
  });

  test('what executes nothing', () => {
    const gate = { on: { CONFIRM: 'running' }, exit: 'note', always: { guard: 'is', target: 'x' } };
    const running = { entry: [() => {}, 'executeRead'], on: { X: { actions: ['record'] } } };
    expect(around({ gate, running, x: {} })).toEqual([]);
  });
});

describe('a way around a gate is found', () => {
  test('in the beginning of the machine', () => {
    const states = { gate: GATE, running: RUNNING };
    expect(around(states, { initial: 'running' })).toEqual([way('run', 'start')]);
  });

  test('in what a machine enters beside', () => {
    const states = {
      gate: { initial: 'a', states: { a: RUNNING } },
      b: { entry: 'executeChange' },
    };
    expect(around(states, { type: 'parallel', initial: undefined })).toEqual([
      way('run', 'start', 'run.gate.a'),
      way('run', 'start', 'run.b'),
    ]);
  });

  test.each<[string, object, string]>([
    ['by another event', { on: { RETRY: CONFIRM } }, 'RETRY'],
    ['by itself', { always: CONFIRM }, ''],
    ['without a guard', { on: { CONFIRM: 'running' } }, 'CONFIRM'],
    ['with another guard', { on: { CONFIRM: { ...CONFIRM, guard: 'is' } } }, 'CONFIRM'],
    ['with a guard in code', { on: { CONFIRM: { ...CONFIRM, guard: () => true } } }, 'CONFIRM'],
  ])('%s', (_, changed, event) => {
    const gate = { ...GATE, on: {}, ...changed };
    expect(around({ gate, running: RUNNING })).toEqual([way('run.gate', event)]);
  });

  test('by a confirmation that no gate was open for', () => {
    const open = { ...GATE, entry: [{ type: 'await' }, () => {}] };
    expect(around({ gate: open, running: RUNNING })).toEqual([way('run.gate', 'CONFIRM')]);
  });

  test('from anywhere', () => {
    const states = { gate: GATE, running: RUNNING };
    expect(around(states, { on: { JUMP: '.running' } })).toEqual([way('run', 'JUMP')]);
  });

  test('into a state that begins with the change', () => {
    const outer = { initial: 'a', states: { a: { initial: 'b', states: { b: RUNNING } } } };
    expect(around({ gate: { on: { GO: 'outer' } }, outer })).toEqual([
      way('run.gate', 'GO', 'run.outer.a.b'),
    ]);
  });

  test('into a state with the change beside another', () => {
    const outer = { type: 'parallel', states: { a: {}, b: RUNNING } };
    expect(around({ gate: { on: { GO: 'outer' } }, outer })).toEqual([
      way('run.gate', 'GO', 'run.outer.b'),
    ]);
  });

  test('deep inside', () => {
    const states = { a: { on: { GO: 'running' } }, running: RUNNING };
    expect(around({ gate: { initial: 'a', states } })).toEqual([
      way('run.gate.a', 'GO', 'run.gate.running'),
    ]);
  });

  test('in an action outside of an entry', () => {
    const gate = { ...GATE, exit: ['note', 'executeChange'] };
    const idle = { on: { GO: { target: 'gate', actions: ['note', { type: 'executeChange' }] } } };
    expect(around({ gate, idle, running: RUNNING })).toEqual([
      way('run.gate', 'exit', 'run.gate'),
      way('run.idle', 'GO', 'run.idle'),
    ]);
  });
});

describe('where rows are read again, a way around that is found', () => {
  const around2 = (states: object) =>
    around({ gate: REREAD, checking: CHECKING, running: RUNNING, ...states });

  test('by a confirmation that leads to the change', () => {
    expect(around2({ gate: GATE })).toEqual([way('run.gate', 'CONFIRM')]);
  });

  test('by reading them without a confirmation', () => {
    const idle = { on: { GO: 'checking' } };
    expect(around2({ idle })).toEqual([way('run.idle', 'GO', 'run.checking')]);
  });

  test('by reading them twice', () => {
    const on = { SUCCEEDED: { ...found('as-shown'), target: 'checking', reenter: true } };
    expect(around2({ checking: { ...CHECKING, on } })).toEqual([
      way('run.checking', 'SUCCEEDED', 'run.checking'),
    ]);
  });

  test.each<[string, object]>([
    ['whatever they are', { SUCCEEDED: 'running' }],
    ['when they are not what was shown', { SUCCEEDED: found('ask-again') }],
    ['when nobody says what they have to be', { SUCCEEDED: found(undefined) }],
    ['by the guard without its parameters', { SUCCEEDED: { ...CONFIRM, guard: 'rechecks' } }],
    [
      'by another guard with the same parameters',
      { SUCCEEDED: { ...CONFIRM, guard: { type: 'is', params: { as: 'as-shown' } } } },
    ],
    ['when they could not be read', { FAILED: found('as-shown') }],
  ])('%s', (_, on) => {
    const [event = ''] = Object.keys(on);
    expect(around2({ checking: { ...CHECKING, on } })).toEqual([way('run.checking', event)]);
  });
});
