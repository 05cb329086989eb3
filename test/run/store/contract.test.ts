import { describe, expect, test, vi } from 'vitest';
import type { Notice } from '#run/follow/port.ts';
import { createRun, KEPT_TEXT, STORES } from '../../support/stores.ts';

const CHILD = { name: 'inner', source: { file: 'inner.yaml', text: 'name: inner\n' } };
const NOTICE: Notice = {
  type: 'run.watched',
  status: 'attached',
  operator: 'ana',
  host: 'desk',
  pid: 7,
};

describe.each(STORES)('a store of runs in %s', (_, newStore) => {
  test('keeps a run with the texts of its runbooks, and an empty journal', async () => {
    const { id, sources, journal } = await createRun(newStore(), { children: [CHILD] });
    expect(id).toMatch(/^20261121-0312-waits-[a-z0-9]{4}$/);
    expect(await sources.runbook()).toBe(KEPT_TEXT);
    expect(await sources.child('inner')).toBe(CHILD.source.text);
    await expect(sources.child('other')).rejects.toThrow();
    expect(await journal.isWritten()).toBe(false);
  });

  test('gives each run an ID of its own, and finds it by that, a part of it, and latest', async () => {
    const store = newStore();
    const first = await createRun(store, { name: 'first' });
    const second = await createRun(store, { now: new Date('2026-11-21T03:13:00.000Z') });
    expect((await store.open(first.id)).id).toBe(first.id);
    expect((await store.open(second.id.slice(-4))).id).toBe(second.id);
    expect((await store.open('latest')).id).toBe(second.id);
    await expect(store.open('nope')).rejects.toThrow('there is no run "nope"');
  });

  test('opens a run as it was created', async () => {
    const store = newStore();
    const created = await createRun(store);
    const journal = await created.journal.open({ clock: () => new Date() });
    journal.append({ type: 'run.paused', reason: 'left' });
    const opened = await store.open(created.id);
    expect(await opened.journal.isWritten()).toBe(true);
    await journal.close();
    expect(await opened.sources.runbook()).toBe(KEPT_TEXT);
  });

  test('brings notices to the one who receives them, until that ends', async () => {
    const { notices } = await createRun(newStore());
    const received: Notice[] = [];
    const stop = notices.receive((notice) => received.push(notice));
    await notices.leave(NOTICE);
    await vi.waitFor(() => expect(received).toEqual([NOTICE]), 5_000);
    stop();
    await notices.leave({ ...NOTICE, status: 'detached' });
    expect(received).toEqual([NOTICE]);
  });
});
