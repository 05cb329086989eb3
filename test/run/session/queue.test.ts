import { expect, test, vi } from 'vitest';
import type { RunChange } from '#events/log/run-handle.ts';
import { Listeners } from '#run/session/listeners.ts';
import { Mailbox } from '#run/session/mailbox.ts';

test('a mailbox handles one thing after the other, in the order they were posted', () => {
  const order: string[] = [];
  const mailbox = new Mailbox(() => order.push('told'));
  mailbox.post(() => {
    mailbox.post(() => order.push('second'));
    mailbox.post(() => order.push('third'));
    order.push('first');
  });
  expect(order).toEqual(['first', 'told', 'second', 'told', 'third', 'told']);
  mailbox.post(() => order.push('fourth'));
  expect(order.slice(-2)).toEqual(['fourth', 'told']);
});

test('a mailbox goes on after a handler that throws', () => {
  const mailbox = new Mailbox(() => undefined);
  expect(() =>
    mailbox.post(() => {
      throw new Error('a bug');
    }),
  ).toThrow('a bug');
  const handled = vi.fn();
  mailbox.post(handled);
  expect(handled).toHaveBeenCalledOnce();
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
