import { describe, expect, test } from 'vitest';
import { keyOf } from '#events/log/action-key.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { MachineEvent } from '#machine/event.ts';
import { resumedEvent } from '#run/resume/interruption.ts';
import { answerName } from '#run/session/intents.ts';
import { machineEventOf, targetsByName, type Values } from '#run/session/machine-events.ts';
import { eventForMachine, maskEvent } from '#run/values/mask-event.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';

const AT = '2026-01-01T00:00:00Z';
const PLACE = { host: 'h', port: 1, database: 'd', user: 'u', description: 'x' } as const;
const VALUES: Values = {
  typed: (intent) => (intent.type === 'edit' ? { ...intent.inputs, read: true } : undefined),
  targets: () => ({ db: { ...PLACE, name: 'db', engine: null } }),
};

const machineEvent = (event: RunEvent): MachineEvent | undefined =>
  machineEventOf(event, AT, VALUES);

const acted = (intent: Intent, more: object = {}): RunEvent =>
  ({ type: 'operator.acted', step: 'one', operator: 'ada', intent, ...more }) as RunEvent;

describe('what the operator did moves the machine', () => {
  test.each<readonly [Intent, MachineEvent]>([
    [{ type: 'continue' }, { type: 'CONTINUE' }],
    [
      { type: 'auto', on: true },
      { type: 'AUTO', on: true },
    ],
    [
      { type: 'answer', value: 'b' },
      { type: 'ANSWER', value: 'b' },
    ],
    [
      { type: 'report', done: false, evidence: 'no' },
      { type: 'REPORT', done: false, evidence: 'no' },
    ],
    [{ type: 'retry' }, { type: 'RETRY' }],
    [
      { type: 'skip', reason: 'r' },
      { type: 'SKIP', reason: 'r' },
    ],
    [
      { type: 'mark-done', evidence: 'e' },
      { type: 'MARK_DONE', evidence: 'e' },
    ],
    [{ type: 'jump', step: 'x/y', reason: '' }, { type: 'JUMP.x/y' }],
    [{ type: 'undo', step: 'x', reason: '' }, { type: 'UNDO.x' }],
    [
      { type: 'choose', clause: 2, reason: 'r' },
      { type: 'CHOOSE.2', reason: 'r' },
    ],
    [
      { type: 'choose', clause: null, reason: 'r' },
      { type: 'CHOOSE.next', reason: 'r' },
    ],
    [{ type: 'recheck' }, { type: 'RECHECK' }],
    [{ type: 'stop' }, { type: 'STOP' }],
    [
      { type: 'abort', reason: 'r' },
      { type: 'ABORT', reason: 'r' },
    ],
  ])('%j', (intent, expected) => {
    expect(machineEvent(acted(intent))).toEqual(expected);
  });

  test('edited inputs are read, with the targets of the record, else of now', () => {
    const edit = { type: 'edit', inputs: { a: '1' } } as const;
    expect(machineEvent(acted(edit))).toEqual({
      type: 'EDIT',
      inputs: { a: '1', read: true },
      targets: VALUES.targets({}, 'one'),
    });
    const targets = [{ name: 'my', description: 'recorded' }];
    expect(machineEvent(acted(edit, { targets }))).toMatchObject({
      targets: { my: { name: 'my', description: 'recorded', host: null } },
    });
  });

  test.each<Intent>([{ type: 'note', text: 'x' }, { type: 'cancel' }, { type: 'leave' }])(
    'but not %j',
    (intent) => {
      expect(machineEvent(acted(intent))).toBeUndefined();
    },
  );
});

describe('how an action ended moves the machine', () => {
  const ended: EventOf<'step.finished'> = {
    ...{ type: 'step.finished', step: 'one', visit: 1, part: 'action', attempt: 1 },
    ...{ status: 'succeeded', ms: 5, outputs: [] },
  };
  const item = { index: 2, count: 3, label: 'x' };
  const error = { kind: 'timeout', message: 'm' } as const;

  test('with its result, or with none', () => {
    const result = { a: 1 };
    expect(machineEvent({ ...ended, result, elapsedMs: 7, item })).toEqual({
      type: 'SUCCEEDED',
      ...{ result, at: AT, elapsedMs: 7, step: 'one', item: 2 },
    });
    expect(machineEvent(ended)).toEqual({
      type: 'SUCCEEDED',
      ...{ result: {}, at: AT, elapsedMs: 0, step: 'one' },
    });
  });

  test('with its error, or with one that says that none was recorded', () => {
    expect(machineEvent({ ...ended, status: 'failed', error, random: 0.5 })).toEqual({
      type: 'FAILED',
      ...{ error, result: undefined, elapsedMs: 0, random: 0.5, step: 'one' },
    });
    const none = { kind: 'unknown', message: 'no reason was recorded' };
    expect(machineEvent({ ...ended, status: 'unknown' })).toEqual({
      type: 'UNKNOWN',
      ...{ error: none, step: 'one' },
    });
  });

  test('but not when nobody expected it', () => {
    expect(machineEvent({ ...ended, unexpected: true })).toBeUndefined();
  });

  test('as do a timer, another process and a connection', () => {
    expect(machineEvent({ type: 'timer.fired', step: 'a', item })).toEqual({
      type: 'TIMER',
      ...{ step: 'a', item: 2 },
    });
    const resumed = resumedEvent(
      { operator: 'a', host: 'h', pid: 1, program: 'p' } as never,
      undefined,
      undefined,
    );
    expect(resumed).toStrictEqual({
      type: 'run.resumed',
      ...{ operator: 'a', host: 'h', pid: 1, program: 'p' },
      ...{ identifies: true, looksFirst: true },
    });
    expect(machineEvent(resumed)).toEqual({
      type: 'INTERRUPTED',
      started: false,
      ...{ identifies: true, looksFirst: true },
    });
    const interrupted = { step: 'a', part: 'action', effect: 'change' } as const;
    const mended = resumedEvent({} as never, 'a torn line', interrupted);
    expect(mended).toMatchObject({ repaired: 'a torn line', interrupted });
    expect(machineEvent(mended)).toMatchObject({ started: true });
  });

  test('a connection says what it knows, and null of the rest', () => {
    const connected = (facts: object): RunEvent =>
      ({ type: 'target.connected', target: 'db', description: 'D', facts }) as RunEvent;
    const facts = { engine: 'mysql', host: 'h', port: 1, database: 'd', user: 'u' };
    const known = machineEvent(connected(facts));
    expect(known).toMatchObject({
      type: 'CONNECTED',
      target: 'db',
      facts: { ...facts, name: 'db', description: 'D', isConnected: true },
    });
    expect(machineEvent(connected({ host: 7, port: '1' }))).toMatchObject({
      facts: { engine: null, host: null, port: null, database: null, user: null },
    });
    expect(machineEvent(connected({ server: 'a2e0' }))).toMatchObject({
      facts: { server: 'a2e0' },
    });
    expect(machineEvent(connected({ server: 7 }))).not.toHaveProperty('facts.server');
  });

  test('recorded targets are known by name', () => {
    expect(targetsByName([{ name: 'a', description: 'x', host: 'h' } as never])).toEqual({
      a: {
        ...{ name: 'a', description: 'x', host: 'h' },
        ...{ engine: null, port: null, database: null, user: null },
      },
    });
  });
});

describe('an answer to a gate', () => {
  const answer: EventOf<'gate.answered'> = {
    ...{ type: 'gate.answered', step: 'one', operator: 'ada', digest: 'd' },
    ...{ answer: 'confirmed', phrase: 'shop', previewAgeMs: 5 },
  };
  test.each([
    ['confirmed', { type: 'CONFIRM', digest: 'd', phrase: 'shop', previewAgeMs: 5 }],
    ['refused', { type: 'CONFIRM', digest: 'd', phrase: 'shop', previewAgeMs: 5 }],
    ['simulated', { type: 'CONFIRM', digest: 'd', phrase: 'shop', previewAgeMs: 5 }],
    ['refresh', { type: 'REFRESH' }],
    ['declined', { type: 'DECLINE', reason: '' }],
  ] as const)('%s', (said, expected) => {
    expect(machineEvent({ ...answer, answer: said })).toEqual(expected);
  });

  test('declined says why', () => {
    expect(machineEvent({ ...answer, answer: 'declined', reason: 'no' })).toEqual({
      type: 'DECLINE',
      reason: 'no',
    });
  });
});

test('actions that run at the same time are told apart by step and item', () => {
  expect(keyOf({ step: 'a' })).toBe('a');
  expect(keyOf({ step: 'a', item: { index: 2, count: 3, label: '' } })).toBe('a 2');
});

describe('an event without its secrets', () => {
  const secret = { name: 'pw', value: 'hunter2-x' };
  const redactor = createRedactor([secret]);
  const masked = (event: object) => maskEvent(event as RunEvent, redactor) as unknown;

  test('keeps names of ours, and masks all else, however deep', () => {
    const text = 'it was hunter2-x';
    const clean = 'it was ‹secret:pw›';
    expect(
      masked({
        ...{ type: text, kind: text, step: text, part: text, id: text, runId: text, name: text },
        ...{ file: text, sha256: text, digest: text, at: text, goto: text, for: text, can: [text] },
        ...{ by: text, status: text, outcome: text, answer: text, level: text, stream: text },
        ...{ effect: text, phase: text, mode: text, severity: text, target: text },
        ...{ text, reason: text, list: [text, 1, null, true], inner: { text, type: text } },
        ...{ result: { type: text, n: 1 }, rows: [{ id: text }], value: text, values: [text] },
      }),
    ).toEqual({
      ...{ type: text, kind: text, step: text, part: text, id: text, runId: text, name: text },
      ...{ file: text, sha256: text, digest: text, at: text, goto: text, for: text, can: [text] },
      ...{ by: text, status: text, outcome: text, answer: text, level: text, stream: text },
      ...{ effect: text, phase: text, mode: text, severity: text, target: text },
      ...{ text: clean, reason: clean, list: [clean, 1, null, true] },
      ...{ inner: { text: clean, type: text } },
      ...{ result: { type: clean, n: 1 }, rows: [{ id: clean }], value: clean, values: [clean] },
    });
  });

  test('hides what was typed as a secret, also where it equals something that may be seen', () => {
    const secrets = [
      { name: answerName('one'), value: 'shop' },
      { name: 'pw', value: 'shop' },
    ];
    const seen = createRedactor(secrets, { values: ['shop'] });
    const shown = (intent: Intent) => maskEvent(acted(intent), seen);
    expect(shown({ type: 'answer', value: 'shop' })).toStrictEqual(
      acted({ type: 'answer', value: `‹secret:${answerName('one')}›` }),
    );
    expect(shown({ type: 'edit', inputs: { pw: 'shop', table: 'shop' } })).toStrictEqual(
      acted({ type: 'edit', inputs: { pw: '‹secret:pw›', table: 'shop' } }),
    );
    expect(shown({ type: 'skip', reason: 'shop' })).toStrictEqual(
      acted({ type: 'skip', reason: 'shop' }),
    );
  });

  test('reaches the machine with all that was typed, and with masked results', () => {
    const raw = (event: object) => eventForMachine(event as RunEvent, redactor) as unknown;
    const answer = acted({ type: 'answer', value: 'hunter2-x' });
    const edit = acted({ type: 'edit', inputs: { pw: 'hunter2-x' } });
    const gate = { type: 'gate.answered', answer: 'confirmed', phrase: 'hunter2-x' };
    const connected = { type: 'target.connected', facts: { user: 'hunter2-x' } };
    const declined = { type: 'gate.answered', answer: 'declined', reason: 'hunter2-x' };
    const skip = acted({ type: 'skip', reason: 'hunter2-x' });
    for (const event of [answer, edit, gate, connected, declined, skip])
      expect(raw(event)).toBe(event);
    expect(raw({ type: 'step.finished', result: { stdout: 'hunter2-x' } })).toMatchObject({
      result: { stdout: '‹secret:pw›' },
    });
  });
});
