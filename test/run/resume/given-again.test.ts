import { describe, expect, test } from 'vitest';
import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunOptions } from '#run/options.ts';
import {
  answersToGiveAgain,
  givenTexts,
  inputsToGiveAgain,
  recordedInputs,
  refuseOtherAnswers,
  secretAsks,
  typedSecretInputs,
} from '#run/resume/given-again.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';

const CHILD = `
name: inner
title: Inner
summary: Asks inside.
inputs: { pin: { secret: true }, word: {} }
steps:
  - { id: code, ask: { question: Which code?, type: secret } }
  - { id: pin, ask: { question: Which pin?, input: pin } }
  - { id: end, finish: { outcome: resolved, summary: Done } }
`;

const TEXT = `
name: outer
title: Outer
summary: Asks for much.
inputs:
  table: { default: orders }
  token: { secret: true }
  count: { type: number, default: 3, env: COUNT }
  maybe: { required: false }
steps:
  - { id: which, ask: { question: Which?, type: choice, choices: [blog, shop] } }
  - { id: name, ask: { question: Which table? } }
  - { id: secret, ask: { question: Which code?, type: secret } }
  - { id: renew, ask: { question: Which token?, input: token } }
  - { id: do, manual: Do it. }
  - { id: call, runbook: inner, with: { pin: '\${{ inputs.token }}', word: x } }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const RUNBOOK = parsed(TEXT, 'outer.yaml', { inner: CHILD });
const MASKED = 'a ‹secret:token›';

const recorded = (events: readonly RunEvent[]): readonly RecordedEvent[] =>
  events.map((event, at) => ({ seq: at + 1, at: '2026-01-01T00:00:00Z', event }));
const acted = (step: string, intent: Intent): RunEvent => ({
  ...{ type: 'operator.acted', operator: 'ada' },
  ...{ step, intent },
});
const answer = (step: string, value: string) => acted(step, { type: 'answer', value });
const edit = (step: string, inputs: Readonly<Record<string, string>>) =>
  acted(step, { type: 'edit', inputs });
const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: MASKED };
const started = (inputs: EventOf<'run.started'>['inputs']): EventOf<'run.started'> => ({
  ...RUN_STARTED,
  inputs,
});

describe('the answers that have to be given again', () => {
  test('are those that the record masks, but for choices and answers that are inputs', () => {
    const masked = ['do', 'which', 'name', 'secret', 'renew', 'call/code', 'call/pin'];
    const records = recorded([noted, ...masked.map((step) => answer(step, MASKED))]);
    expect(answersToGiveAgain(RUNBOOK, records)).toEqual(['name', 'secret', 'call/code']);
  });

  test('are known by their fields, where a step asks for several', () => {
    const runbook = parsed(
      TEXT.replace(
        '{ question: Which table? }',
        '{ question: Which?, fields: { table: A?, why: B? } }',
      ),
      'outer.yaml',
      { inner: CHILD },
    );
    const field = (name: string, index: number): RunEvent => ({
      ...{ type: 'operator.awaited', step: 'name', for: 'answer', can: [] },
      field: { name, index, count: 2 },
    });
    const records = recorded([
      ...[field('table', 1), answer('name', 'orders')],
      ...[field('why', 2), answer('name', MASKED)],
    ]);
    expect(answersToGiveAgain(runbook, records)).toEqual(['name.why']);
    expect(() => refuseOtherAnswers(records, { 'name.why': 'a word' })).not.toThrow();
    expect(() => refuseOtherAnswers(records, { 'name.why': 'word' })).toThrow(/another one/);
  });

  test('are reasons to decline, where the runbook reads the error of its step', () => {
    const gate = { step: 'do', operator: 'ada', digest: '' } as const;
    const declined: RunEvent = {
      ...{ type: 'gate.answered', ...gate },
      ...{ answer: 'declined', reason: MASKED },
    };
    const reads = parsed(
      TEXT.replace('Do it.', '"Do it: ${{ steps.which.error.message }}"'),
      'outer.yaml',
      { inner: CHILD },
    );
    expect(answersToGiveAgain(reads, recorded([declined]))).toEqual(['do']);
    expect(answersToGiveAgain(RUNBOOK, recorded([declined]))).toEqual([]);
    const refused: RunEvent = { ...declined, answer: 'refused' };
    expect(answersToGiveAgain(reads, recorded([refused]))).toEqual([]);
    expect(() => refuseOtherAnswers(recorded([declined]), { do: 'other' })).toThrow(
      'the answer to step "do" was another one',
    );
  });

  test('are the evidence of what was reported or marked as done, where the runbook reads it', () => {
    const records = recorded([
      acted('do', { type: 'report', done: true, evidence: MASKED }),
      acted('which', { type: 'mark-done', evidence: MASKED }),
      acted('secret', { type: 'report', done: true, evidence: 'plain' }),
    ]);
    const text = TEXT.replace('summary: Done', "summary: '${{ steps.do.evidence }}'");
    const reads = parsed(text, 'outer.yaml', { inner: CHILD });
    expect(answersToGiveAgain(reads, records)).toEqual(['which', 'do']);
    expect(answersToGiveAgain(RUNBOOK, records)).toEqual([]);
  });

  test('are none that can be read', () => {
    const records = recorded([
      answer('name', 'orders'),
      edit('name', { table: MASKED }),
      acted('name', { type: 'skip', reason: MASKED }),
    ]);
    expect(answersToGiveAgain(RUNBOOK, records)).toEqual([]);
  });

  test('to secret questions are known by their steps', () => {
    expect(secretAsks(RUNBOOK)).toEqual(['secret', 'renew', 'call/code', 'call/pin']);
  });
});

describe('an answer that is given again', () => {
  const records = recorded([
    noted,
    answer('name', 'first'),
    answer('name', MASKED),
    acted('name', { type: 'skip', reason: 'x' }),
    acted('secret', { type: 'skip', reason: 'x' }),
  ]);

  test('fits what its mask leaves to be seen, and the last answer counts', () => {
    expect(() => refuseOtherAnswers(records, { name: 'a word' })).not.toThrow();
    expect(() => refuseOtherAnswers(records, { secret: 'whatever' })).not.toThrow();
  });

  test('is refused where it cannot be the one of the record', () => {
    expect(() => refuseOtherAnswers(records, { name: 'first' })).toThrow(
      expect.objectContaining({
        message: 'the answer to step "name" was another one',
        hint: `its record is ${MASKED}; give the same answer again`,
      }),
    );
  });
});

describe('secret inputs that were typed during a run', () => {
  test('are needed again under the names they are kept by, whatever they stood for before', () => {
    const records = recorded([
      noted,
      edit('do', { token: MASKED, table: 'orders' }),
      answer('call/pin', MASKED),
      answer('name', MASKED),
      edit('call/code', { word: 'x' }),
    ]);
    expect(typedSecretInputs(RUNBOOK, records)).toMatchObject([
      { name: 'token', secret: true, required: true, default: null },
      { name: 'call/pin', secret: true, required: true, default: null },
    ]);
  });

  test('are those of the runbook that runs where the step is not known', () => {
    expect(typedSecretInputs(RUNBOOK, recorded([edit('gone', { token: MASKED })]))).toMatchObject([
      { name: 'token' },
    ]);
  });
});

describe('the inputs that have to be given again', () => {
  const names = (events: readonly RunEvent[]) =>
    inputsToGiveAgain(RUNBOOK, recorded(events)).map(({ name }) => name);

  test('are those that the record masks, at the start or in an edit', () => {
    const first = started([
      { name: 'token', secret: true, value: '‹secret:token›' },
      { name: 'table', secret: false, value: 'orders' },
      { name: 'count', secret: false, value: 3 },
      { name: 'maybe', secret: false, value: null },
    ]);
    expect(names([first])).toEqual(['token']);
    expect(names([first, edit('do', { maybe: MASKED, table: 'x' })])).toEqual(['token', 'maybe']);
  });

  test('are no secrets that were typed, none of a runbook inside, and none of other records', () => {
    expect(names([edit('do', { token: MASKED })])).toEqual([]);
    expect(names([edit('call/code', { table: MASKED })])).toEqual([]);
    expect(names([answer('name', MASKED), noted])).toEqual([]);
  });

  test('are required, and what is no secret has no default to fall back to', () => {
    const first = started([
      { name: 'token', secret: true, value: MASKED },
      { name: 'table', secret: false, value: MASKED },
    ]);
    expect(inputsToGiveAgain(RUNBOOK, recorded([first]))).toMatchObject([
      { name: 'table', required: true, default: null },
      { name: 'token', required: true, default: null },
    ]);
    const withDefault = parsed(
      TEXT.replace('{ secret: true }', '{ secret: true, default: x }'),
      '',
      {
        inner: CHILD,
      },
    );
    expect(inputsToGiveAgain(withDefault, recorded([first]))[1]).toMatchObject({ default: 'x' });
  });
});

describe('the inputs of a run that is resumed', () => {
  const options = (given: Readonly<Record<string, string>>, env = {}) =>
    ({ given, surroundings: { env } }) as unknown as RunOptions;
  const first = started([
    { name: 'token', secret: true, value: '‹secret:token›' },
    { name: 'table', secret: false, value: 'jobs' },
    { name: 'count', secret: false, value: 5 },
    { name: 'maybe', secret: false, value: null },
  ]);

  test('are as they were; secrets come from where they came from', () => {
    const now = options({ token: 't', table: 'other', maybe: 'x' }, { COUNT: '9' });
    expect(recordedInputs(RUNBOOK, first, now)).toEqual({
      ...{ token: 't', table: 'jobs', count: 5, maybe: null },
    });
  });

  test('stay missing where the run began without them, secrets too', () => {
    const without = started([{ name: 'token', secret: true, value: null }]);
    expect(recordedInputs(RUNBOOK, without, options({ token: 't' })).token).toBeNull();
  });

  test('that hold a secret have to fit their record', () => {
    const held = started([{ name: 'table', secret: false, value: MASKED }]);
    expect(recordedInputs(RUNBOOK, held, options({ token: 't', table: 'a b' })).table).toBe('a b');
    expect(() => recordedInputs(RUNBOOK, held, options({ token: 't', table: 'b' }))).toThrow(
      expect.objectContaining({
        message: 'the input "table" was another one when the run began',
        hint: expect.stringContaining('--input'),
      }),
    );
    const gone = started([{ name: 'maybe', secret: false, value: '‹secret:a›x' }]);
    expect(() => recordedInputs(RUNBOOK, gone, options({ token: 't' }))).toThrow('"maybe"');
    const empty = started([{ name: 'maybe', secret: false, value: '‹secret:a›' }]);
    expect(recordedInputs(RUNBOOK, empty, options({ token: 't' })).maybe).toBeNull();
    const secret = started([{ name: 'token', secret: true, value: MASKED }]);
    expect(recordedInputs(RUNBOOK, secret, options({ token: 'new' })).token).toBe('new');
  });

  test('are texts where they have a value again', () => {
    expect(givenTexts(RUNBOOK, options({ token: 't' }, { COUNT: '9' }))).toEqual({
      ...{ token: 't', table: 'orders', count: '9' },
    });
  });
});
