import { describe, expect, test, vi } from 'vitest';
import { Listeners } from '#events/log/listeners.ts';
import type { RunChange } from '#events/log/run-handle.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { Journal } from '#run/journal/port.ts';
import { Recorder } from '#run/session/recorder.ts';
import { type TurnParts, Turns } from '#run/session/turns.ts';
import { SecretValues } from '#run/values/secrets.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';

/** The turns of a run that does nothing by itself, and the names of what happened in them. */
function turnsOf(parts: Partial<TurnParts> = {}) {
  const order: string[] = [];
  const turns = new Turns({
    isOver: () => false,
    settled: () => undefined,
    rest: () => false,
    failed: (error) => order.push(String(error)),
    ended: () => order.push('told'),
    ...parts,
  });
  return { turns, order };
}

test('acts are taken one after the other, in the order they were posted', () => {
  const { turns, order } = turnsOf();
  turns.post(() => {
    turns.post(() => order.push('second'));
    turns.post(() => order.push('third'));
    order.push('first');
  });
  expect(order).toEqual(['first', 'told', 'second', 'told', 'third', 'told']);
  turns.post(() => order.push('fourth'));
  expect(order.slice(-2)).toEqual(['fourth', 'told']);
});

test('what an act throws fails its turn and drops its consequences, and the next turn is taken', () => {
  const { turns, order } = turnsOf();
  turns.post(() => {
    turns.afterRecord(() => order.push('consequence'));
    throw new Error('a bug');
  });
  turns.post(() => order.push('next'));
  expect(order).toEqual(['Error: a bug', 'told', 'next', 'told']);
});

describe('an end that throws fails its turn, which ends once more, and the next turn is taken', () => {
  /** The turns of a run whose first ends throw. */
  function throwing(bugs: string[], parts: Partial<TurnParts> = {}) {
    const all = turnsOf({
      ended: () => {
        const bug = bugs.shift();
        if (bug !== undefined) throw new Error(bug);
        all.order.push('told');
      },
      ...parts,
    });
    return all;
  }

  test('at once', () => {
    const { turns, order } = throwing(['a bug']);
    turns.post(() => order.push('first'));
    turns.post(() => order.push('second'));
    expect(order).toEqual(['first', 'Error: a bug', 'told', 'second', 'told']);
  });

  test('after its record was made durable', async () => {
    const waits = [Promise.resolve(), undefined];
    const { turns, order } = throwing(['a bug'], { settled: () => waits.shift() });
    turns.post(() => order.push('first'));
    turns.post(() => order.push('second'));
    await vi.waitFor(() => expect(order).toHaveLength(5));
    expect(order).toEqual(['first', 'Error: a bug', 'told', 'second', 'told']);
  });

  test('also if it throws again', async () => {
    const waits = [Promise.resolve(), undefined];
    const { turns, order } = throwing(['a bug', 'again'], { settled: () => waits.shift() });
    turns.post(() => order.push('first'));
    turns.post(() => order.push('second'));
    await vi.waitFor(() => expect(order).toHaveLength(5));
    expect(order).toEqual(['first', 'Error: a bug', 'Error: again', 'second', 'told']);
  });
});

test('consequences and the next turn wait until the record is durable', async () => {
  const durable = Promise.withResolvers<void>();
  const waits = [durable.promise];
  const { turns, order } = turnsOf({ settled: () => waits.pop() });
  turns.post(() => {
    order.push('act');
    turns.afterRecord(() => order.push('consequence'));
  });
  turns.post(() => order.push('next'));
  expect(order).toEqual(['act']);
  durable.resolve();
  await vi.waitFor(() => expect(order).toHaveLength(5));
  expect(order).toEqual(['act', 'consequence', 'told', 'next', 'told']);
});

test('a record that cannot be made durable fails its turn, and its consequences never follow', async () => {
  const waits = [Promise.reject(new Error('no space left'))];
  const { turns, order } = turnsOf({ settled: () => waits.pop() });
  turns.post(() => turns.afterRecord(() => order.push('consequence')));
  turns.post(() => order.push('next'));
  await vi.waitFor(() => expect(order).toHaveLength(4));
  expect(order).toEqual(['Error: no space left', 'told', 'next', 'told']);
});

test('a run that is over takes no act, and says that its turn has come', () => {
  const { turns, order } = turnsOf({ isOver: () => true });
  turns.post(
    () => order.push('act'),
    () => order.push('begun'),
  );
  expect(order).toEqual(['begun', 'told']);
});

test('pending work is done until there is none, and the consequences of each part before the next', () => {
  const pending = ['one', 'two'];
  const { turns, order } = turnsOf({
    rest: () => {
      const work = pending.shift();
      if (work === undefined) return false;
      order.push(work);
      turns.afterRecord(() => order.push(`after ${work}`));
      return true;
    },
  });
  turns.post(() => order.push('act'));
  expect(order).toEqual(['act', 'one', 'after one', 'two', 'after two', 'told']);
});

test('what a consequence asks for follows it, in the same turn', () => {
  const { turns, order } = turnsOf();
  turns.post(() =>
    turns.afterRecord(() => {
      order.push('one');
      turns.afterRecord(() => order.push('two'));
    }),
  );
  expect(order).toEqual(['one', 'two', 'told']);
});

test('what may not be in the journal is told to nobody, and is not in the view', () => {
  const view = foldEvents([{ seq: 1, at: '2026-01-01T00:00:00Z', event: RUN_STARTED }]);
  if (view === undefined) throw new Error('there is no view');
  const journal: Journal = {
    append: (event, at = '2026-01-01T00:00:01Z') => ({ seq: 2, at, event }),
    durable: async () => undefined,
    close: async () => undefined,
  };
  const parts = { journal, secrets: new SecretValues(), reportError: () => undefined };
  const recorder = new Recorder(parts, view);
  const heard: RunChange[] = [];
  recorder.subscribe((change) => heard.push(change));
  recorder.record({ type: 'operator.noted', operator: 'ada', text: 'x' });
  expect(recorder.view).not.toBe(view);
  recorder.forget();
  expect(recorder.view).toBe(view);
  recorder.tell();
  expect(heard).toEqual([]);
});

test('listeners are told of each change once, in order, as long as they listen', () => {
  const listeners = new Listeners(() => undefined);
  const [one, two] = [{ name: 1 }, { name: 2 }] as unknown as RunChange[];
  const heard: [string, RunChange][] = [];
  if (one === undefined || two === undefined) throw new Error('there are none');
  const remove = listeners.add((change) => {
    heard.push(['first', change]);
    if (change === two) remove();
  });
  listeners.add((change) => heard.push(['second', change]));
  listeners.queue(one);
  expect(heard).toEqual([]);
  listeners.queue(two);
  listeners.tell();
  listeners.tell();
  listeners.queue(one);
  listeners.tell();
  expect(heard).toEqual([
    ['first', one],
    ['second', one],
    ['first', two],
    ['second', two],
    ['second', one],
  ]);
});

test('changes that are dropped are told to nobody, and those after them are', () => {
  const listeners = new Listeners(() => undefined);
  const heard: RunChange[] = [];
  listeners.add((change) => heard.push(change));
  listeners.queue({ name: 'dropped' } as unknown as RunChange);
  listeners.forget();
  listeners.tell();
  expect(heard).toEqual([]);
  const next = { name: 'next' } as unknown as RunChange;
  listeners.queue(next);
  listeners.tell();
  expect(heard).toEqual([next]);
});

test('what a listener throws or rejects with is reported, and no other one misses a change', async () => {
  const reported: unknown[] = [];
  const listeners = new Listeners((error) => reported.push(error));
  const heard = vi.fn();
  listeners.add(() => {
    throw new Error('thrown');
  });
  listeners.add(() => Promise.reject(new Error('rejected')) as unknown as undefined);
  listeners.add(heard);
  listeners.queue({} as RunChange);
  listeners.tell();
  expect(heard).toHaveBeenCalledOnce();
  await vi.waitFor(() =>
    expect(reported.map(String)).toEqual(['Error: thrown', 'Error: rejected']),
  );
});
