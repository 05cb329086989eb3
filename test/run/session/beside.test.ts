import { expect, test, vi } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import type { EventOf } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { StepOutcome } from '#steps/executor.ts';
import { asks, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

const TEXT = `
name: inline
title: A read and a question
summary: Its commands are taken where the run waits.
targets: { app: { local: true } }
steps:
  - id: look
    effect: read
    shell: 'true'
    retry: { attempts: 2, delay: 10s, on: [exit] }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
const COMMAND: Intent = { type: 'adhoc', target: 'app', text: 'true' };
const FAILED: StepOutcome = { status: 'failed', error: { kind: 'exit', message: 'it failed' } };

const SUCCEEDED: StepOutcome = { status: 'succeeded', result: { stdout: '', exit_code: 0 } };

const finished = (step: string): EventOf<'step.finished'> => ({
  ...{ type: 'step.finished', step, visit: 1, part: 'action', attempt: 1 },
  ...{ status: 'succeeded', ms: 1, outputs: [] },
});

test('a command is taken where the run waits for its operator', async () => {
  const run = recordedSession(TEXT);
  run.begin();
  await asks(run, 'report');
  expect(await run.session.submit({ intent: COMMAND, by: 'ada' })).toEqual({ accepted: true });
  await vi.waitFor(() => expect(run.events.map(({ type }) => type)).toContain('adhoc.entered'));
});

test('a command is refused while an action runs, and while the run pauses before a retry', async () => {
  const outcome = Promise.withResolvers<StepOutcome>();
  const run = recordedSession(TEXT, { ends: () => outcome.promise });
  run.begin();
  await vi.waitFor(() => expect(run.deeds).toContain('execute look action'));
  const submit = () => run.session.submit({ intent: COMMAND, by: 'ada' });
  expect(await submit()).toMatchObject({ accepted: false });
  outcome.resolve(FAILED);
  await vi.waitFor(() => expect(run.events.at(-1)?.type).toBe('timer.armed'));
  expect(await submit()).toMatchObject({ accepted: false });
  expect(run.events.map(({ type }) => type)).not.toContain('adhoc.entered');
});

test('a command that runs is cancelled where the run is stopped', async () => {
  const outcome = Promise.withResolvers<StepOutcome>();
  const signals: AbortSignal[] = [];
  const run = recordedSession(TEXT, {
    parts: {
      loadParsers: loadEffectParsers,
      surroundings: {
        ...{ outputs: { begin: () => expect.unreachable() } },
        sourceOf: () => ({ source: { file: '', text: '' }, isInside: false }),
        executorFor: async () => ({
          execute: async (_, { signal }) => {
            signals.push(signal);
            return signals.length === 1 ? SUCCEEDED : outcome.promise;
          },
          close: async () => undefined,
        }),
      },
    },
  });
  run.begin();
  await asks(run, 'report');
  send(run.session, COMMAND);
  await vi.waitFor(() => expect(signals).toHaveLength(2));
  expect(signals[1]?.aborted).toBe(false);
  send(run.session, { type: 'stop' });
  expect(signals[1]?.aborted).toBe(true);
  outcome.resolve(FAILED);
  await asks(run, 'report');
});

test('the end of a command that nobody waits for is recorded, and reported', async () => {
  const run = recordedSession(TEXT);
  run.begin();
  await asks(run, 'report');
  run.session.move(finished('!1'));
  expect(run.events.at(-1)).toMatchObject({ step: '!1', unexpected: true });
  expect(run.reported.map(String)).toEqual([expect.stringContaining('!1 ended')]);
});

test('who watches a run is recorded, and moves nothing', async () => {
  const run = recordedSession(TEXT);
  run.begin();
  await asks(run, 'report');
  const watched = {
    type: 'run.watched',
    status: 'attached',
    operator: 'eve',
    host: 'h',
    pid: 1,
  } as const;
  run.session.witness(watched);
  expect(run.events.at(-1)).toEqual(watched);
  expect(run.session.view().awaited?.for).toBe('report');
});

test('an end that cannot be recorded ends the run, and whoever reports it is not harmed', async () => {
  const run = recordedSession(TEXT, {
    onAppend: ({ type }) => {
      if (type === 'step.finished') throw new Error('no space left');
    },
  });
  run.begin();
  run.session.move(finished('look'));
  await expect(run.session.ended).rejects.toThrow('no space left');
  send(run.session, { type: 'note', text: 'x' });
  expect(run.session.end).toMatchObject({ status: 'paused' });
});
