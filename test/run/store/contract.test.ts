import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import type { Notice } from '#run/follow/port.ts';
import { sha256 } from '#run/sha256.ts';
import { importRun, writeArchive } from '#run/store/archive.ts';
import type { RunRecord, RunStore } from '#run/store/port.ts';
import { listRows } from '#run/store/row.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { printed } from '../../fixtures/kept-run.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';
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
    expect((await store.open('latest')).where).toContain(second.id);
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

  test('lists its runs, most recent first, with what became of them', async () => {
    const store = newStore();
    expect(await listRows(store)).toEqual([]);
    const older = await createRun(store);
    const newer = await createRun(store, { now: new Date('2026-11-21T03:13:00.000Z') });
    const journal = await newer.journal.open({ clock: () => new Date() });
    for (const event of someEvents(2)) journal.append(event);
    expect(await listRows(store)).toMatchObject([
      { id: newer.id, status: 'running' },
      { id: older.id, status: 'unreadable' },
    ]);
    await journal.close();
    expect((await listRows(store))[0]).toMatchObject({ id: newer.id, status: 'interrupted' });
    const ofRunbook = (runbook: string) => listRows({ rows: () => store.rows({ runbook }) });
    expect(await ofRunbook('pool-exhausted')).toMatchObject([{ id: newer.id }]);
    expect(await ofRunbook('another')).toEqual([]);
  });

  test('removes a run for good, and only one that is there', async () => {
    const store = newStore();
    const { id } = await createRun(store);
    const other = await createRun(store, { now: new Date('2026-11-21T03:13:00.000Z') });
    await store.remove(id);
    expect(await listRows(store)).toMatchObject([{ id: other.id }]);
    await expect(store.open(id)).rejects.toThrow(`there is no run "${id}"`);
    await expect(store.remove(id)).rejects.toThrow();
  });

  test('has a flaw for an output, a runbook or a line that was altered', async () => {
    const { outputs, ...run } = await printedRun(newStore());
    expect(await verifyRun({ ...run, outputs })).toMatchObject({
      ...{ events: 2, outputs: 1, runbooks: 2, flaws: [] },
    });
    const sources = { ...run.sources, runbook: async () => 'another' };
    expect((await verifyRun({ ...run, outputs, sources })).flaws).toEqual([
      { file: 'runbook.yaml', what: 'is not the runbook that the run began with' },
    ]);
    outputs.sink.begin('half').close();
    expect((await verifyRun({ ...run, outputs })).unnamed).toEqual(['outputs/half']);
  });

  test.each(STORES)('gives a run to a store in %s, byte for byte', async (__, otherStore) => {
    const run = await printedRun(newStore());
    const other = otherStore();
    const restored = await importRun(other, await archiveOf(run));
    expect(restored.id).toBe(run.id);
    expect(await (await other.open(run.id)).journal.bytes()).toEqual(await run.journal.bytes());
    expect(await restored.sources.child('inner')).toBe(CHILD.source.text);
    expect((await verifyRun(restored)).flaws).toEqual([]);
    expect((await restored.outputs.source.read('outputs/said', 0, 100)).toString()).toBe('hello\n');
    await expect(importRun(other, await archiveOf(run))).rejects.toThrow('is here already');
  });

  test('keeps nothing of an archive whose content was altered', async () => {
    const run = await printedRun(newStore());
    const sources = { ...run.sources, child: async () => 'another' };
    const store = newStore();
    await expect(importRun(store, await archiveOf({ ...run, sources }))).rejects.toThrow(
      'is not as it was written: runbooks/inner.yaml',
    );
    expect(await listRows(store)).toEqual([]);
  });
});

/** A finished run with an output and a runbook inside. */
async function printedRun(store: RunStore): Promise<RunRecord> {
  const run = await createRun(store, { children: [CHILD] });
  const writer = run.outputs.sink.begin('said');
  writer.write(Buffer.from('hello\n'));
  writer.close();
  const { name, source } = CHILD;
  const journal = await run.journal.open({ clock: () => new Date() });
  journal.append({
    ...RUN_STARTED,
    runbook: { ...RUN_STARTED.runbook, sha256: sha256(KEPT_TEXT) },
    children: [{ name, file: source.file, sha256: sha256(source.text) }],
  });
  const digest = { bytes: 6, sha256: sha256('hello\n'), droppedBytes: 0 };
  journal.append(
    printed({ stream: 'stdout', file: 'outputs/said', ...digest, head: 'hello\n', tail: '' }),
  );
  await journal.close();
  return run;
}

async function archiveOf(run: RunRecord): Promise<Readable> {
  const archive = new PassThrough();
  const pieces: Buffer[] = [];
  archive.on('data', (piece: Buffer) => pieces.push(piece));
  await writeArchive(run, 'runbook 0', archive);
  return Readable.from([Buffer.concat(pieces)]);
}
