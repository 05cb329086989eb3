import { expect, test, vi } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { fileOutputs } from '#run/outputs/file/folder.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

const MANUAL = `
name: inline
title: Two questions
summary: A run that waits twice.
steps:
  - { id: one, manual: First? }
  - { id: two, manual: Second? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const CHANGE = `
name: inline
title: A change
summary: A change between two reads.
steps:
  - { id: look, effect: read, shell: 'true' }
  - { id: mark, effect: change, shell: touch x }
  - { id: again, effect: read, shell: 'true' }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('every listener is told of every event once, in the order of the journal', async () => {
  const run = recordedSession(CHANGE);
  const heard: [RunEvent[], RunEvent[]] = [[], []];
  run.session.subscribe(({ event }) => {
    if (event === undefined) return;
    heard[0].push(event.event);
    if (event.event.type === 'operator.awaited')
      send(run.session, { type: 'note', text: `asked at ${event.seq}` });
  });
  run.session.subscribe(({ event }) => {
    if (event !== undefined) heard[1].push(event.event);
  });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'report');
  expect(run.events.map(({ type }) => type)).toContain('operator.noted');
  expect(heard[0]).toEqual(run.events);
  expect(heard[1]).toEqual(run.events);
});

test('an intent that a listener sends while an intent is handled is handled after it, and once', () => {
  const run = recordedSession(MANUAL);
  run.session.subscribe(({ event }) => {
    if (event?.event.type === 'operator.acted' && event.event.step === 'one')
      send(run.session, { type: 'report', done: true, evidence: 'both' });
  });
  run.begin();
  send(run.session, { type: 'report', done: true, evidence: 'first' });
  const acted = run.events.flatMap((event) =>
    event.type === 'operator.acted' ? [`${event.step} ${JSON.stringify(event.intent)}`] : [],
  );
  expect(acted).toEqual([
    expect.stringContaining('one {"type":"report","done":true,"evidence":"first"'),
    expect.stringContaining('two {"type":"report","done":true,"evidence":"both"'),
  ]);
  expect(run.session.end).toMatchObject({ outcome: 'resolved' });
});

test('a listener is told when the run is where the event led it', () => {
  const run = recordedSession(MANUAL);
  const seen: (string | undefined)[] = [];
  run.session.subscribe(({ event }) => {
    if (event?.event.type === 'operator.acted') seen.push(run.session.view().current);
  });
  run.begin();
  send(run.session, { type: 'report', done: true, evidence: '' });
  expect(seen).toEqual(['two']);
});

test('a listener that throws is reported and harms neither the run, an action nor another listener', async () => {
  const run = recordedSession(CHANGE);
  const heard: RunEvent[] = [];
  run.session.subscribe(({ event }) => {
    throw new Error(`cannot draw ${event?.event.type}`);
  });
  // The type of a listener allows one that returns a promise.
  run.session.subscribe(({ event }) => rejection(`cannot send ${event?.event.type}`));
  run.session.subscribe(({ event }) => {
    if (event !== undefined) heard.push(event.event);
  });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'report');
  send(run.session, { type: 'report', done: true, evidence: '' });
  await run.session.ended;
  expect(run.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  expect(heard).toEqual(run.events);
  await vi.waitFor(() => {
    const said = run.reported.map(String);
    expect(said).toContain('Error: cannot draw step.started');
    expect(said).toContain('Error: cannot send step.started');
  });
});

test('a listener that throws on live output does not end what prints it', async () => {
  const said = Promise.withResolvers<void>();
  const run = recordedSession(CHANGE, {
    parts: {
      surroundings: {
        outputs: fileOutputs('/nonexistent').sink,
        sourceOf: () => ({ source: { file: '', text: '' }, isInside: false }),
        executorFor: async () => ({
          execute: async (_, { onOutput }) => {
            onOutput('stdout', Buffer.from('x\n'));
            return { status: 'succeeded', result: { stdout: 'x\n' } };
          },
          close: async () => undefined,
        }),
      },
    },
  });
  run.session.subscribe(({ live }) => {
    if (live === undefined) return;
    said.resolve();
    throw new Error('cannot draw live output');
  });
  run.begin();
  await said.promise;
  await asks(run, 'gate');
  expect(run.events.find(({ type }) => type === 'step.finished')).toMatchObject({
    status: 'succeeded',
  });
  expect(run.reported.map(String)).toContain('Error: cannot draw live output');
});

test('an executor that throws has failed in a read, and has an unknown outcome in a change', async () => {
  const run = recordedSession(CHANGE, {
    ends: (step) => (step === 'mark' ? new Error('lost') : { status: 'succeeded', result: {} }),
  });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'unknown');
  expect(run.events.findLast(({ type }) => type === 'step.finished')).toMatchObject({
    status: 'unknown',
    error: { message: 'lost' },
  });
});

test('nothing is sent to a run that has not begun', () => {
  const run = recordedSession(MANUAL);
  send(run.session, { type: 'note', text: 'early' });
  send(run.session, { type: 'abort', reason: '' });
  expect(run.events).toEqual([]);
  run.begin();
  send(run.session, { type: 'note', text: 'now' });
  expect(run.events.at(-1)).toMatchObject({ type: 'operator.noted', text: 'now' });
});

test('the end of an action that the run does not wait for is recorded, and moves nothing', async () => {
  const run = recordedSession(CHANGE);
  run.begin();
  await asks(run, 'gate');
  const before = run.session.view().gate;
  const end = { visit: 1, part: 'action', attempt: 1, status: 'succeeded', ms: 1 } as const;
  run.session.move({ type: 'step.finished', step: 'mark', ...end, outputs: [] });
  expect(run.events.at(-1)).toMatchObject({ step: 'mark', unexpected: true });
  await vi.waitFor(() => expect(run.deeds.slice(-2)).toEqual(['write step.finished', 'durable']));
  expect(run.session.view().gate).toEqual(before);
  expect(run.reported.map(String)).toEqual([expect.stringContaining('mark ended')]);
});

test('inputs that are edited where nothing can be edited change nothing', async () => {
  const edited = vi.fn();
  const run = recordedSession(
    MANUAL.replace('steps:', 'inputs: { token: { secret: true } }\nsteps:'),
    { inputs: { token: 'first-secret' }, parts: { onEdited: edited } },
  );
  run.begin();
  await asks(run, 'report');
  expect(run.session.view().awaited?.can).not.toContain('edit');
  send(run.session, { type: 'edit', inputs: { token: 'another-secret' } });
  send(run.session, { type: 'note', text: 'first-secret another-secret' });
  expect(edited).not.toHaveBeenCalled();
  expect(run.events.at(-1)).toMatchObject({ text: '‹secret:token› another-secret' });
});

function rejection(message: string): undefined {
  return Promise.reject(new Error(message)) as unknown as undefined;
}
