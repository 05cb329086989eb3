import { expect, test, vi } from 'vitest';
import type { Verdict } from '#events/log/submission.ts';
import { asks, type RecordedSession, recordedSession } from '../../fixtures/recorded-session.ts';

const CHANGE = `
name: inline
title: A change
summary: A change and a question.
steps:
  - { id: look, effect: read, shell: echo looked }
  - { id: mark, effect: change, shell: touch x }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

async function atGate(options: Parameters<typeof recordedSession>[1] = {}) {
  const run = recordedSession(CHANGE, options);
  run.begin();
  await asks(run, 'gate');
  return run;
}

const answer = ({ session }: RecordedSession) => {
  const { gate, awaited } = session.view();
  const intent = { type: 'confirm', digest: gate?.digest ?? '' } as const;
  return { intent, by: 'bo', answers: awaited?.seq };
};

test('a run that waits is parked without an event', async () => {
  const run = await atGate();
  const before = [...run.events];
  run.session.park();
  await run.session.ended;
  expect(run.events).toEqual(before);
  expect(run.session.end).toMatchObject({ status: 'paused', unanswered: true });
});

test('a run is not parked while something runs', async () => {
  const { promise, resolve } = Promise.withResolvers<{ status: 'succeeded'; result: object }>();
  const run = recordedSession(CHANGE, { ends: () => promise as never });
  run.begin();
  await vi.waitFor(() => expect(run.deeds).toContain('execute look action'));
  run.session.park();
  expect(run.session.end).toBeUndefined();
  resolve({ status: 'succeeded', result: { stdout: '', exit_code: 0 } });
  await asks(run, 'gate');
});

test('a run that another process continues records nothing more, and starts nothing', async () => {
  const run = await atGate();
  const before = [...run.events];
  run.session.forsake(new Error('another worker holds the run'));
  await expect(run.session.ended).rejects.toThrow('another worker holds the run');
  expect(await run.session.submit(answer(run))).toMatchObject({ code: 'ended' });
  expect(run.events).toEqual(before);
});

test('the verdict on an intent is known in the turn that records it, before it is durable', async () => {
  const verdicts: Verdict[] = [];
  const seen: number[] = [];
  let isHeld = false;
  const held = Promise.withResolvers<void>();
  const run = await atGate({ onDurable: async () => (isHeld ? await held.promise : undefined) });
  isHeld = true;
  const count = run.events.length;
  const submitted = run.session.submit(answer(run), (verdict) => {
    verdicts.push(verdict);
    seen.push(run.events.length);
  });
  expect(verdicts).toEqual([{ accepted: true }]);
  expect(seen[0]).toBeGreaterThan(count);
  expect(run.deeds).not.toContain('execute mark action');
  held.resolve();
  expect(await submitted).toEqual({ accepted: true });
});

test('a change asks whether it may start, after its record, and a read does not', async () => {
  const asked: string[] = [];
  const run = recordedSession(CHANGE, {
    ends: (step) => ({ status: 'succeeded', result: { stdout: step, exit_code: 0 } }),
  });
  const { surroundings } = run.parts;
  Object.assign(surroundings, {
    mayStart: async ({ step }: { step: string }) => {
      asked.push(step, ...run.deeds.slice(-2));
      return undefined;
    },
  });
  run.begin();
  await asks(run, 'gate');
  await run.session.submit(answer(run));
  await asks(run, 'report');
  expect(asked).toEqual(['mark', 'write step.started', 'durable']);
});

test('the executor of a change that may not start is not called', async () => {
  const run = recordedSession(CHANGE);
  Object.assign(run.parts.surroundings, {
    mayStart: async () => {
      throw new Error('the lease has expired');
    },
  });
  run.begin();
  await asks(run, 'gate');
  await run.session.submit(answer(run));
  await vi.waitFor(() =>
    expect(run.events.some(({ type }) => type === 'step.finished')).toBe(true),
  );
  await vi.waitFor(() => expect(run.session.view().awaited?.for).toBe('unknown'));
  expect(run.deeds).not.toContain('execute mark action');
});
