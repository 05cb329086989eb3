import { describe, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { TargetFacts } from '#machine/context.ts';
import { type Unmasking, unmaskedEvent, unmaskedTargets } from '#run/resume/unmasked-event.ts';
import { answerName } from '#run/session/intents.ts';
import { SecretValues } from '#run/values/secrets.ts';

const MASKED = 'a ‹secret:x›';

const facts = (more: Partial<TargetFacts> = {}): TargetFacts => ({
  ...{ name: 'db', engine: 'postgres', host: 'h-one', port: 1, database: 'd', user: 'u' },
  ...{ description: 'postgres u@h-one/d', ...more },
});

function unmasking(more: Partial<Unmasking> = {}, kept: Readonly<Record<string, string>> = {}) {
  const secrets = new SecretValues();
  for (const [name, value] of Object.entries(kept)) secrets.keep(name, value);
  return {
    ...{ secrets, answers: {}, typed: {}, given: {}, targets: {} },
    ...{ asked: undefined, gate: undefined, recordedGate: undefined },
    ...more,
  } satisfies Unmasking;
}

const acted = (intent: Intent, step = 'one'): EventOf<'operator.acted'> => ({
  ...{ type: 'operator.acted', operator: 'ada' },
  ...{ step, intent },
});
const asked = (more: object = {}) =>
  ({ type: 'operator.awaited', step: 'one', for: 'answer', can: [], ...more }) as const;

function answerOf(known: Unmasking, value = MASKED, step = 'one'): unknown {
  const event = unmaskedEvent(acted({ type: 'answer', value }, step), known);
  return event.type === 'operator.acted' && event.intent.type === 'answer'
    ? event.intent.value
    : event;
}

function inputsOf(known: Unmasking, inputs: Readonly<Record<string, string>>, step = 'one') {
  const event = unmaskedEvent(acted({ type: 'edit', inputs }, step), known);
  return event.type === 'operator.acted' && event.intent.type === 'edit'
    ? event.intent.inputs
    : event;
}

describe('a masked answer is', () => {
  test('the one that was given again, where it fits its record', () => {
    expect(answerOf(unmasking({ answers: { one: 'a b' } }))).toBe('a b');
    expect(answerOf(unmasking({ answers: { one: 'other' } }))).toBe(MASKED);
    expect(answerOf(unmasking({ answers: { two: 'a b' } }))).toBe(MASKED);
    expect(answerOf(unmasking())).toBe(MASKED);
  });

  test('the one that was given again for its field', () => {
    const field = { asked: asked({ field: { name: 'why', index: 1, count: 2 } }) };
    expect(answerOf(unmasking({ ...field, answers: { 'one.why': 'a b' } }))).toBe('a b');
    expect(answerOf(unmasking({ ...field, answers: { one: 'a b' } }))).toBe(MASKED);
  });

  test('left alone where nothing of it is masked', () => {
    expect(answerOf(unmasking({ answers: { one: 'plain' } }), 'plain')).toBe('plain');
    expect(answerOf(unmasking({ answers: { one: 'other' } }), 'plain')).toBe('plain');
  });

  test('rather what is kept under its name than what was given again', () => {
    const known = unmasking({ answers: { one: 'a c' } }, { [answerName('one')]: 'a b' });
    expect(answerOf(known)).toBe('a b');
  });

  test('an input where the question asks for one', () => {
    const question = { asked: asked({ input: 'token' }) };
    expect(answerOf(unmasking({ ...question, given: { token: 'a g' } }))).toBe('a g');
    expect(answerOf(unmasking({ ...question, answers: { one: 'a b' } }))).toBe(MASKED);
    const all = unmasking(
      { ...question, given: { token: 'a g' }, typed: { token: 'a t' } },
      { token: 'a k' },
    );
    expect(answerOf(all)).toBe('a t');
    expect(answerOf({ ...all, typed: {} })).toBe('a k');
  });

  test('an input of the runbook that runs as the step, never one of the run itself', () => {
    const question = { asked: asked({ input: 'pin' }), given: { pin: 'a g' } };
    expect(answerOf(unmasking(question), MASKED, 'call/ask')).toBe(MASKED);
    const typed = { 'call/pin': 'a t' };
    expect(answerOf(unmasking({ ...question, typed }), MASKED, 'call/ask')).toBe('a t');
    const kept = unmasking(question, { 'call/pin': 'a k' });
    expect(answerOf(kept, MASKED, 'call/ask')).toBe('a k');
  });

  test('the choice that is recorded so, where only one is', () => {
    const choices = { asked: asked({ choices: ['the blog-word', 'the shop-word', 'blog'] }) };
    const known = unmasking({ ...choices, answers: { one: 'the other' } }, { x: 'shop-word' });
    expect(answerOf(known, 'the ‹secret:x›')).toBe('the shop-word');
    const both = unmasking(choices, { x: 'shop-word', y: 'blog-word' });
    expect(answerOf(both, 'the ‹secret:y›')).toBe('the blog-word');
    const same = unmasking(
      { asked: asked({ choices: ['the shop-word', 'the shop-word'] }), answers: { one: 'the x' } },
      { x: 'shop-word' },
    );
    expect(answerOf(same, 'the ‹secret:x›')).toBe('the x');
  });
});

test('masked evidence is the one that was given again, where it fits its record', () => {
  const known = unmasking({ answers: { one: 'a b', two: 'other' } });
  const reported = (evidence: string) => ({ type: 'report', done: true, evidence }) as const;
  const marked = (evidence: string) => ({ type: 'mark-done', evidence }) as const;
  for (const intent of [reported, marked]) {
    expect(unmaskedEvent(acted(intent(MASKED)), known)).toEqual(acted(intent('a b')));
    expect(unmaskedEvent(acted(intent('plain')), known)).toEqual(acted(intent('plain')));
    expect(unmaskedEvent(acted(intent(MASKED), 'two'), known)).toEqual(
      acted(intent(MASKED), 'two'),
    );
  }
});

describe('masked inputs of an edit are', () => {
  test('those that were given again, each where it fits its record', () => {
    const known = unmasking({ typed: { token: 'a t' }, given: { name: 'a n', port: '7' } });
    expect(inputsOf(known, { token: MASKED, name: MASKED, port: '5', gone: MASKED })).toEqual({
      ...{ token: 'a t', name: 'a n', port: '5', gone: MASKED },
    });
  });

  test('not those of the run where the step is inside another runbook', () => {
    const known = unmasking({ typed: { 'call/pin': 'a t' }, given: { pin: 'a g', word: 'a w' } });
    expect(inputsOf(known, { pin: MASKED, word: MASKED }, 'call/ask')).toEqual({
      ...{ pin: 'a t', word: MASKED },
    });
  });
});

describe('what was masked of targets', () => {
  const target = { ...facts(), host: '‹secret:h›', port: 5, description: 'x ‹secret:h›' };
  const known = unmasking({
    targets: { db: facts({ host: 'h-two', port: 7, description: 'y h-two' }) },
  });

  test('is known again by the address of now, where it fits', () => {
    expect(unmaskedTargets([target, { ...target, name: 'other' }], known.targets)).toEqual([
      { ...target, host: 'h-two' },
      { ...target, name: 'other' },
    ]);
  });

  test('is known again in an answer and in an edit, and is not made up', () => {
    for (const intent of [
      { type: 'answer', value: 'x' },
      { type: 'edit', inputs: {} },
    ] as const) {
      const event = { ...acted(intent), targets: [target] };
      expect(unmaskedEvent(event, known)).toEqual({
        ...event,
        targets: [{ ...target, host: 'h-two' }],
      });
      expect(unmaskedEvent(acted(intent), known)).toEqual(acted(intent));
    }
  });

  test('is known again in a connection to it, and stays in one to another', () => {
    const connected = (name: string): RunEvent => ({
      ...{ type: 'target.connected', target: name, description: 'x', reserved: false },
      facts: { host: '‹secret:h›', port: 5, server: '‹secret:s›' },
    });
    expect(unmaskedEvent(connected('db'), known)).toEqual({
      ...connected('db'),
      facts: { host: 'h-two', port: 5, server: '‹secret:s›' },
    });
    const other = connected('other');
    expect(unmaskedEvent(other, known)).toBe(other);
  });
});

describe('an answer to a gate', () => {
  const gate = { digest: 'now', phrase: 'a b' } as EventOf<'gate.opened'>;
  const answer = (more: object = {}): RunEvent =>
    ({
      ...{ type: 'gate.answered', step: 'one', operator: 'ada', answer: 'confirmed' },
      ...{ digest: 'then', ...more },
    }) as RunEvent;
  const known = unmasking({ gate, recordedGate: { ...gate, digest: 'then' } });

  test('of this gate has its digest and its phrase', () => {
    expect(unmaskedEvent(answer({ phrase: MASKED }), known)).toEqual(
      answer({ digest: 'now', phrase: 'a b' }),
    );
    expect(unmaskedEvent(answer(), known)).toStrictEqual(answer({ digest: 'now' }));
    expect(unmaskedEvent(answer({ phrase: 'other' }), known)).toEqual(
      answer({ digest: 'now', phrase: 'other' }),
    );
  });

  test('that was refused keeps the phrase of its record', () => {
    const refused = { answer: 'refused', phrase: MASKED };
    expect(unmaskedEvent(answer(refused), known)).toEqual(answer({ ...refused, digest: 'now' }));
  });

  test('that declined has the reason that was given again, where it fits its record', () => {
    const declined = (reason: string) => answer({ answer: 'declined', reason });
    const again = (reason: string) => unmasking({ answers: { one: reason } });
    expect(unmaskedEvent(declined(MASKED), again('a b'))).toEqual(declined('a b'));
    expect(unmaskedEvent(declined(MASKED), again('other'))).toEqual(declined(MASKED));
    const refused = answer({ answer: 'refused', reason: MASKED });
    expect(unmaskedEvent(refused, again('a b'))).toEqual(refused);
    const silent = answer({ answer: 'declined' });
    expect(unmaskedEvent(silent, again('a b'))).toEqual(silent);
  });

  test('of another gate, or of none, stays as it is', () => {
    const other = answer({ digest: 'other', phrase: MASKED });
    expect(unmaskedEvent(other, known)).toBe(other);
    const any = answer({ phrase: MASKED });
    expect(unmaskedEvent(any, { ...known, gate: undefined })).toBe(any);
  });
});

test('everything else stays as it is', () => {
  const known = unmasking({ answers: { one: 'a b' }, given: { x: 'a b' } });
  const skip = acted({ type: 'skip', reason: MASKED });
  expect(unmaskedEvent(skip, known)).toBe(skip);
  const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: MASKED };
  expect(unmaskedEvent(noted, known)).toBe(noted);
});
