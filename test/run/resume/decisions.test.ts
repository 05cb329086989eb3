import { describe, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import { begin } from '#machine/advance.ts';
import { compileRunbook } from '#machine/compile-runbook.ts';
import type { TargetFacts } from '#machine/context.ts';
import type {
  Await,
  Call,
  DecidedEvent,
  Execute,
  MachineEffect,
  OpenGate,
} from '#machine/effect.ts';
import { Replay } from '#run/resume/replay.ts';
import { recordedFact } from '#run/session/recorded-facts.ts';
import { sha256 } from '#run/sha256.ts';
import { SecretValues } from '#run/values/secrets.ts';
import { parsed } from '../../fixtures/compiled.ts';

const RUNBOOK = parsed(`
name: inline
title: Decisions
summary: Its decisions are made up by the tests.
steps:
  - { id: look, effect: read, shell: 'true' }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`);
const MASKED = 'a ‹secret:x›';
const { snapshot } = begin(compileRunbook(RUNBOOK, sha256, { mode: 'live' }), {
  ...{ run: { id: 'r', operator: 'ada', started_at: '' }, inputs: {}, targets: {}, auto: true },
});

/** A replay, what it called, and whose values it asked for. */
function replaying(kept: Readonly<Record<string, string>> = {}) {
  const secrets = new SecretValues();
  for (const [name, value] of Object.entries(kept)) secrets.keep(name, value);
  const called: Call[] = [];
  const executed: Execute[] = [];
  const asked: string[] = [];
  const replay = new Replay({
    ...{ runbook: RUNBOOK, operator: 'ada', program: 'p', startedBy: 'p' },
    onCalled: (call) => void called.push(call),
    onExecuted: (execute) => void executed.push(execute),
    mask: (event) => event,
    known: (step) => {
      asked.push(step);
      return { secrets, answers: {}, typed: {}, given: {}, targets: {} };
    },
  });
  const decides = (...effects: readonly MachineEffect[]) => replay.expect({ snapshot, effects });
  return { replay, decides, called, executed, asked };
}

const entered = (step: string) => ({ type: 'step.entered', step, visit: 1 }) as const;
const record = (event: DecidedEvent): MachineEffect => ({ type: 'record', params: event });
const execution = (step: string, more: Partial<Execute> = {}): Execute => ({
  ...{ step, part: 'action', visit: 1, attempt: 1, effect: 'read', digest: undefined },
  ...{ action: { kind: 'wait', ms: 1 }, item: undefined, isFirstLook: false, ...more },
});
const reads = (step: string): MachineEffect => ({ type: 'executeRead', params: execution(step) });
const gate = (more: Partial<OpenGate> = {}): MachineEffect => ({
  type: 'openGate',
  params: {
    ...{ step: 'look', part: 'action', item: undefined, simulated: false, title: 'Look' },
    ...{ effect: 'change', action: { kind: 'wait', ms: 1 }, target: undefined, digest: 'now' },
    ...{ level: 'type', phrase: 'a b', warning: undefined, notRead: undefined, undo: undefined },
    ...{ preview: undefined, changes: undefined, ...more },
  },
});
const awaits = (more: Partial<Await> = {}): MachineEffect => ({
  type: 'await',
  params: { step: 'look', for: 'answer', ...more },
});
const db = (name: string, more: Partial<TargetFacts> = {}): TargetFacts => ({
  ...{ name, engine: 'postgres', host: 'h', port: 1, database: 'd', user: 'u' },
  ...{ description: 'postgres u@h/d', ...more },
});
const calls = (targets: Readonly<Record<string, TargetFacts>>): MachineEffect => ({
  type: 'call',
  params: { step: 'call', item: undefined, runbook: RUNBOOK, inputs: {}, targets },
});

/** The event that a run would have recorded for an effect. */
function recordedOf(effect: MachineEffect): RunEvent {
  const can = () => ['note', 'leave'] as const;
  const event = recordedFact(effect, { runbook: RUNBOOK, operator: 'ada', targets: {}, can });
  if (event === undefined) throw new Error(`${effect.type} is not recorded`);
  return event;
}

const acted = (step: string, value = 'x'): EventOf<'operator.acted'> => ({
  ...{ type: 'operator.acted', operator: 'ada' },
  ...{ step, intent: { type: 'answer', value } },
});
const finished = (step: string): EventOf<'step.finished'> => ({
  ...{ type: 'step.finished', step, visit: 1, part: 'action', attempt: 1 },
  ...{ status: 'succeeded', ms: 1, outputs: [] },
});

describe('what is expected', () => {
  test('is nothing at first', () => {
    const { replay } = replaying();
    replay.complete(acted('look'), 2);
    expect(replay.missing()).toEqual([]);
  });

  test('is what was decided last, and stays so while nothing is decided', () => {
    const { replay, decides } = replaying();
    decides(record(entered('one')));
    decides(record(entered('two')));
    decides();
    expect(replay.missing()).toEqual([entered('two')]);
    replay.see(entered('two'), 2);
    expect(replay.missing()).toEqual([]);
  });

  test('is no start of an action: those that were not recorded had not started', () => {
    const { replay, decides } = replaying();
    decides(reads('one'), reads('two'), record(entered('done')));
    replay.see(recordedOf(reads('one')), 2);
    replay.see(entered('done'), 3);
    expect(replay.missing()).toEqual([]);
    expect(replay.interrupted()).toEqual({ step: 'one', part: 'action', effect: 'read' });
    decides(reads('three'));
    expect(replay.missing()).toEqual([]);
    replay.complete(acted('three'), 4);
  });

  test('is missing before what moves the run, but for a connection and a resume', () => {
    const { replay, decides } = replaying();
    decides(record(entered('one')));
    expect(() => replay.complete(acted('look'), 7)).toThrow(
      'event 7 is operator.acted where this build decides step.entered',
    );
    replay.complete({ ...CONNECTED }, 8);
    replay.complete(RESUMED, 9);
  });

  test('is an end only where nobody waited for it', () => {
    const { replay } = replaying();
    replay.see({ ...finished('one'), unexpected: true }, 2);
    expect(() => replay.see(finished('one'), 3)).toThrow(
      'event 3 is step.finished where this build decides nothing',
    );
  });
});

const RESUMED: EventOf<'run.resumed'> = {
  ...{ type: 'run.resumed', operator: 'eve', host: 'h', pid: 1, program: 'p' },
};
const CONNECTED: EventOf<'target.connected'> = {
  ...{ type: 'target.connected', target: 'db', description: 'x', reserved: false, facts: {} },
};

test('actions and runbooks that start are told as in the run, each once', () => {
  const { decides, called, executed } = replaying();
  const change = execution('two', { effect: 'change' });
  decides(record(entered('look')), reads('one'), { type: 'executeChange', params: change });
  expect(called).toEqual([]);
  expect(executed).toEqual([execution('one'), change]);
  decides(calls({}));
  expect(called).toHaveLength(1);
  expect(executed).toHaveLength(2);
});

describe('an action that had started', () => {
  test('is interrupted until it ends, whatever else happens to its step', () => {
    const { replay, decides } = replaying();
    decides(reads('one'));
    replay.see(recordedOf(reads('one')), 2);
    replay.complete(acted('one'), 3);
    expect(replay.interrupted()).toEqual({ step: 'one', part: 'action', effect: 'read' });
    replay.complete(finished('one'), 4);
    expect(replay.interrupted()).toBeUndefined();
  });

  test('is not one whose step was only entered', () => {
    const { replay, decides } = replaying();
    decides(reads('one'), record(entered('one')));
    replay.see(entered('one'), 2);
    expect(replay.interrupted()).toBeUndefined();
  });
});

test('whoever resumed a run opens its gates from then on', () => {
  const { replay, decides } = replaying();
  decides(gate());
  expect(replay.missing()).toMatchObject([{ type: 'gate.opened', operator: 'ada' }]);
  replay.complete(RESUMED, 2);
  decides(gate());
  expect(replay.missing()).toMatchObject([{ type: 'gate.opened', operator: 'eve' }]);
});

describe('an event from before masking', () => {
  const confirmed: EventOf<'gate.answered'> = {
    ...{ type: 'gate.answered', step: 'look', operator: 'ada', answer: 'confirmed' },
    ...{ digest: 'then', phrase: MASKED },
  };

  test('has the digest and the phrase of the last gate', () => {
    const { replay, decides } = replaying();
    const effects = [gate(), record(entered('done'))];
    decides(...effects);
    replay.see({ ...recordedOf(gate({ phrase: MASKED })), digest: 'then' } as RunEvent, 2);
    replay.see(entered('done'), 3);
    expect(replay.unmasked(confirmed)).toMatchObject({ digest: 'now', phrase: 'a b' });
    expect(replay.unmasked({ ...confirmed, digest: 'other' })).toMatchObject({ digest: 'other' });
  });

  test('is the choice of the last question', () => {
    const { replay, decides } = replaying({ x: 'shop-word' });
    const question = awaits({ choices: ['the shop-word', 'y'] });
    decides(question, record(entered('done')));
    const [expected] = replay.missing();
    if (expected === undefined) throw new Error('nothing is expected');
    replay.see(expected, 2);
    replay.see(entered('done'), 3);
    const masked = acted('look', 'the ‹secret:x›');
    expect(replay.unmasked(masked)).toEqual(acted('look', 'the shop-word'));
  });

  test('is looked for among the values of its step', () => {
    const { replay, asked } = replaying();
    replay.unmasked(acted('call/ask'));
    replay.unmasked({ type: 'operator.noted', operator: 'ada', text: 'x' });
    expect(asked).toEqual(['call/ask', '']);
  });
});

describe('an answer to a gate', () => {
  const answer = (more: Partial<EventOf<'gate.answered'>>): EventOf<'gate.answered'> => ({
    ...{ type: 'gate.answered', step: 'look', operator: 'ada', answer: 'confirmed' },
    ...{ digest: 'now', ...more },
  });
  const nothing = { snapshot, effects: [] };

  test.each(['declined', 'refresh'] as const)('that is %s opens nothing', (kind) => {
    replaying().replay.verdict(answer({ answer: kind }), nothing, 2);
  });

  test('that confirmed opened it then if it opens it now', () => {
    const { replay } = replaying();
    const change = { type: 'executeChange', params: execution('look') } as const;
    replay.verdict(answer({}), { snapshot, effects: [change] }, 2);
    expect(() => replay.verdict(answer({}), nothing, 5)).toThrow(
      'event 5, gate.answered: this build decides another "answer"',
    );
  });
});

describe('a runbook that ran as a step', () => {
  const started = (...targets: readonly TargetFacts[]) =>
    recordedOf(calls(Object.fromEntries(targets.map((one) => [one.name, one]))));

  test('is on the servers that it was on, each by its name', () => {
    const { replay, decides } = replaying();
    decides(calls({ a: db('a'), b: db('b', { host: 'other' }) }));
    replay.see(started(db('a'), db('b', { host: 'other' })), 2);
    decides(calls({ a: db('a'), b: db('b', { port: 9, description: 'postgres u@h:9/d' }) }));
    expect(() => replay.see(started(db('a'), db('b')), 3)).toThrow(
      'call is on postgres u@h/d, and the address of its "b" now leads to postgres u@h:9/d',
    );
  });

  test('does not fit a record that names other targets', () => {
    const { replay, decides } = replaying();
    decides(calls({ a: db('a') }));
    expect(() => replay.see(started(db('c')), 2)).toThrow(
      'event 2, child.started: this build decides another "targets',
    );
  });
});
