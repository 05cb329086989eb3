import { expect, test, vi } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { isOpening } from '#events/view/opening.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { asks, type RecordedSession, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

const ASK = `
name: inline
title: A question
summary: A question.
steps:
  - { id: ask, manual: Right? }
`;

const CHANGE = `
name: inline
title: A change
summary: A change and a question.
steps:
  - { id: mark, effect: change, shell: touch x }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const confirm = (run: RecordedSession): Intent => ({
  type: 'confirm',
  digest: run.session.view().gate?.digest ?? '',
});
const question = (run: RecordedSession) => run.session.view().awaited?.seq;

async function atGate(options: Parameters<typeof recordedSession>[1] = {}) {
  const run = recordedSession(CHANGE, options);
  run.begin();
  await asks(run, 'gate');
  return run;
}

test('an intent is recorded with who wanted it, and not with who began the run', async () => {
  const run = await atGate();
  const submit = (by: string, intent: Intent) =>
    run.session.submit({ intent, by, answers: question(run) });
  expect(await submit('bo', { type: 'note', text: 'seen' })).toEqual({ accepted: true });
  expect(await submit('cy', confirm(run))).toEqual({ accepted: true });
  await asks(run, 'report');
  expect(await submit('di', { type: 'report', done: true, evidence: '' })).toEqual({
    accepted: true,
  });
  const by = run.events.flatMap((event) =>
    'operator' in event && event.type !== 'run.started' ? [`${event.type} ${event.operator}`] : [],
  );
  expect(by).toEqual([
    'gate.opened ada',
    'operator.noted bo',
    'gate.answered cy',
    'operator.acted di',
  ]);
});

test('an answer to another question than the one that is open is refused, and changes nothing', async () => {
  const run = await atGate();
  const answers = question(run);
  const intent = confirm(run);
  const stale = { accepted: false, code: 'stale' };
  expect(await run.session.submit({ intent, by: 'bo' })).toMatchObject(stale);
  expect(await run.session.submit({ intent, by: 'bo', answers: 1 })).toMatchObject(stale);
  const count = run.events.length;
  expect(await run.session.submit({ intent, by: 'bo', answers })).toEqual({ accepted: true });
  expect(run.events.length).toBeGreaterThan(count);
  expect(await run.session.submit({ intent, by: 'cy', answers })).toMatchObject(stale);
});

test('of two people who answer the same question at once, the first is taken and the second told', async () => {
  const run = await atGate();
  const both = ['bo', 'cy'].map((by) =>
    run.session.submit({ intent: confirm(run), by, answers: question(run) }),
  );
  expect(await Promise.all(both)).toMatchObject([
    { accepted: true },
    { accepted: false, code: 'stale' },
  ]);
  await asks(run, 'report');
  expect(run.deeds.filter((deed) => deed === 'execute mark action')).toHaveLength(1);
});

test('a confirmation of something else is refused with the reason that is recorded', async () => {
  const run = await atGate();
  const intent: Intent = { type: 'confirm', digest: 'of something else' };
  const verdict = await run.session.submit({ intent, by: 'bo', answers: question(run) });
  expect(verdict).toMatchObject({ accepted: false, code: 'not-confirmed' });
  const answered = run.events.find((event) => event.type === 'gate.answered');
  expect(answered).toMatchObject({ operator: 'bo', answer: 'refused' });
  expect(verdict).toHaveProperty('reason', answered?.reason);
});

test('what the run cannot do where it stands is refused', async () => {
  const run = await atGate();
  const verdict = await run.session.submit({
    intent: { type: 'recheck' },
    by: 'bo',
    answers: question(run),
  });
  expect(verdict).toMatchObject({ accepted: false, code: 'impossible' });
});

test('nothing is taken before the run has begun or after it has ended', async () => {
  const run = recordedSession(CHANGE);
  const intent: Intent = { type: 'leave' };
  expect(await run.session.submit({ intent, by: 'bo' })).toMatchObject({ code: 'not-begun' });
  run.begin();
  expect(await run.session.submit({ intent, by: 'bo' })).toEqual({ accepted: true });
  await run.session.ended;
  expect(await run.session.submit({ intent, by: 'bo' })).toMatchObject({ code: 'ended' });
});

/** A session whose journal is not durable until it is let go. */
async function held() {
  let wait: Promise<void> | undefined;
  const run = await atGate({ onDurable: async () => await wait });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  wait = promise;
  const told: string[] = [];
  run.session.subscribe(({ event }) => event !== undefined && told.push(event.event.type));
  let verdict: unknown;
  const before = run.session.view();
  void run.session
    .submit({ intent: confirm(run), by: 'bo', answers: question(run) })
    .then((answer) => {
      verdict = answer;
    });
  await vi.waitFor(() => expect(run.events.at(-1)?.type).toBe('step.started'));
  return { run, resolve, reject, told, before, verdict: () => verdict };
}

test('until its confirmation and its start are durable, a change does not run and nobody is told', async () => {
  const { run, resolve, told, before, verdict } = await held();
  send(run.session, { type: 'note', text: 'meanwhile' });
  await new Promise((done) => setImmediate(done));
  expect(run.deeds).not.toContain('execute mark action');
  expect(told).toEqual([]);
  expect(run.session.view()).toBe(before);
  expect(verdict()).toBeUndefined();
  expect(run.events.at(-1)?.type).toBe('step.started');
  resolve();
  await asks(run, 'report');
  expect(verdict()).toEqual({ accepted: true });
  expect(told.slice(0, 3)).toEqual(['gate.answered', 'step.started', 'operator.noted']);
});

test('a record that cannot be made durable ends the run before its change', async () => {
  const { run, reject, told, verdict } = await held();
  reject(new Error('EIO'));
  await expect(run.session.ended).rejects.toThrow('EIO');
  await vi.waitFor(() => expect(verdict()).toMatchObject({ accepted: false, code: 'ended' }));
  expect(run.deeds).not.toContain('execute mark action');
  expect(told).toEqual([]);
});

test('a run has ended only when its end is durable', async () => {
  let wait: Promise<void> | undefined;
  const run = await atGate({ onDurable: async () => await wait });
  const { promise, resolve } = Promise.withResolvers<void>();
  wait = promise;
  let isOver = false;
  void run.session.ended.then(() => {
    isOver = true;
  });
  send(run.session, { type: 'leave' });
  await new Promise((done) => setImmediate(done));
  expect(run.events.at(-1)?.type).toBe('run.paused');
  expect(isOver).toBe(false);
  resolve();
  await run.session.ended;
});

test('a run that nobody can answer any longer pauses where it asks, and the record says why', async () => {
  const run = await atGate();
  const gone = { type: 'attend', on: false } as const;
  expect(await run.session.submit({ intent: gone, by: 'ada' })).toEqual({ accepted: true });
  await run.session.ended;
  expect(run.events.slice(-2)).toMatchObject([
    { type: 'run.attended', attended: false, operator: 'ada' },
    { type: 'run.paused', reason: expect.stringContaining('nobody can answer') },
  ]);
  expect(run.session.end).toMatchObject({ status: 'paused', unanswered: true });
});

test('a run that is attended again in time does not pause', async () => {
  const { promise, resolve } = Promise.withResolvers<StepOutcome>();
  const text = CHANGE.replace('steps:', 'steps:\n  - { id: look, effect: read, shell: ls }');
  const run = recordedSession(text, { parts: { attended: false }, ends: () => promise });
  run.begin();
  const submission = { intent: { type: 'attend', on: true }, by: 'bo' } as const;
  expect(await run.session.submit(submission)).toEqual({ accepted: true });
  resolve({ status: 'succeeded', result: { stdout: '', exit_code: 0 } });
  await asks(run, 'gate');
  expect(run.session.end).toBeUndefined();
  expect(run.session.view().attended).toBe(true);
  await run.session.submit({ intent: { type: 'attend', on: false }, by: 'bo' });
  expect(run.session.end).toMatchObject({ status: 'paused', unanswered: true });
});

test('a run that was only created is on its opening page, and stays on it when it begins', () => {
  const run = recordedSession(ASK, { auto: false });
  expect(isOpening(run.session.view())).toBe(true);
  expect(run.session.view().awaited).toBeUndefined();
  run.begin();
  expect(isOpening(run.session.view())).toBe(true);
  expect(run.session.view().awaited?.for).toMatch(/start|report/);
});
