import { expect, test, vi } from 'vitest';
import { scheduleInPieces, Timers } from '#run/session/timers.ts';
import { asks, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';

test('a pause of more than 2^31 ms is not over at once', async () => {
  const warnings: Error[] = [];
  const heard = (warning: Error) => warnings.push(warning);
  process.on('warning', heard);
  const over = vi.fn();
  const timers = new Timers();
  timers.arm('a', 2 ** 31, over);
  timers.arm('b', 2 ** 40, over);
  // A timer that overflows fires after 1 ms.
  await new Promise<void>((resolve) => timers.arm('later', 5, resolve));
  timers.clear();
  process.off('warning', heard);
  expect(over).not.toHaveBeenCalled();
  expect(warnings).toEqual([]);
});

test('a pause that takes several timers is over once, after all of them', async () => {
  const order: string[] = [];
  scheduleInPieces(5)(24, () => order.push('pieces'));
  scheduleInPieces(100)(10, () => order.push('one'));
  scheduleInPieces(5)(60, () => order.push('later'));
  await vi.waitFor(() => expect(order).toContain('later'));
  expect(order).toEqual(['one', 'pieces', 'later']);
});

test('a pause can be cancelled in any of its timers', async () => {
  const over = vi.fn();
  const cancel = scheduleInPieces(5)(30, over);
  scheduleInPieces(5)(12, cancel);
  await new Promise<void>((resolve) => scheduleInPieces(5)(60, resolve));
  expect(over).not.toHaveBeenCalled();
});

test('a pause that is armed again replaces the one before', async () => {
  const order: string[] = [];
  const timers = new Timers();
  timers.arm('a', 5, () => order.push('first'));
  timers.arm('a', 15, () => order.push('second'));
  await vi.waitFor(() => expect(order).toEqual(['second']));
});

const RETRIED = `
name: inline
title: A read that fails
summary: A read that is tried again after a while.
steps:
  - id: look
    effect: read
    shell: 'false'
    retry: { attempts: 3, delay: 10s, jitter: false, on: [exit] }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

const EACH = `
name: inline
title: Reads that fail
summary: Reads beside each other that are tried again after a while.
steps:
  - id: look
    for_each: '["a", "b"]'
    concurrency: 2
    effect: read
    shell: 'test \${{ item }}'
    retry: { attempts: 3, delay: 10s, jitter: false, on: [exit] }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

function retried() {
  const error = { kind: 'exit', message: 'it failed' } as const;
  return recordedSession(RETRIED, { ends: () => ({ status: 'failed', error }) });
}

async function pauses(run: ReturnType<typeof retried>): Promise<void> {
  await vi.waitFor(() => expect(run.deeds.at(-1)).toBe('arm 10000'));
}

test('a pause ends with its timer, and the action is tried again', async () => {
  const run = retried();
  run.begin();
  await pauses(run);
  run.ring();
  await vi.waitFor(() =>
    expect(run.deeds.filter((deed) => deed === 'execute look action')).toHaveLength(2),
  );
});

test('the end of a pause is recorded with its step, also where nobody can answer', async () => {
  const error = { kind: 'exit', message: 'it failed' } as const;
  const run = recordedSession(RETRIED, {
    ends: () => ({ status: 'failed', error }),
    parts: { attended: false },
  });
  run.begin();
  await pauses(run);
  expect(run.session.end).toBeUndefined();
  run.ring();
  await vi.waitFor(() => expect(run.events).toContainEqual({ type: 'timer.fired', step: 'look' }));
});

test('concurrent items pause each for itself', async () => {
  const run = recordedSession(EACH, {
    ends: () => ({ status: 'failed', error: { kind: 'exit', message: 'it failed' } }),
  });
  run.begin();
  await vi.waitFor(() => expect(run.deeds.filter((deed) => deed === 'arm 10000')).toHaveLength(2));
  expect(run.deeds).not.toContain('disarm 10000');
  run.ring();
  await vi.waitFor(() =>
    expect(run.events.find(({ type }) => type === 'timer.fired')).toMatchObject({
      ...{ step: 'look', item: { index: expect.any(Number) } },
    }),
  );
});

test('leaving a run cancels its pauses', async () => {
  const run = retried();
  run.begin();
  await pauses(run);
  send(run.session, { type: 'leave' });
  await run.session.ended;
  expect(run.deeds).toContain('disarm 10000');
});

test('what the operator does ends a pause', async () => {
  const run = retried();
  run.begin();
  await pauses(run);
  send(run.session, { type: 'stop' });
  await asks(run, 'failure');
  expect(run.deeds).toContain('disarm 10000');
});

test('a run that cannot be recorded cancels its pauses', async () => {
  const run = recordedSession(RETRIED, {
    ends: () => ({ status: 'failed', error: { kind: 'exit', message: 'it failed' } }),
    onAppend: ({ type }) => {
      if (type === 'operator.noted') throw new Error('no space left');
    },
  });
  run.begin();
  await pauses(run);
  send(run.session, { type: 'note', text: 'x' });
  await expect(run.session.ended).rejects.toThrow('no space left');
  expect(run.deeds).toContain('disarm 10000');
});
