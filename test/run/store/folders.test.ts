import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import {
  type FileRunStore,
  type RunFolder,
  runStore,
  stateFolder,
} from '#run/store/file/folders.ts';
import { listRows } from '#run/store/row.ts';
import { resolved, terminating } from '../../fixtures/pool-exhausted-log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const source = { file: 'runbooks/pool-exhausted.yaml', text: 'name: pool-exhausted\n' };
let store: FileRunStore;

beforeEach(() => {
  store = runStore(join(temporaryFolder(), 'state', 'runbook'));
});

async function create(now = '2026-11-21T03:12:41.000Z', random = () => 0.5): Promise<RunFolder> {
  const { id } = await store.create({ source, name: 'pool-exhausted', now: new Date(now), random });
  return store.openRun(id);
}

/** Writes events as they were recorded, at their own times. */
function record(
  run: RunFolder,
  log: { readonly events: readonly { at: string; event: RunEvent }[] },
) {
  let at = '';
  const journal = openJournal(run.journal, { clock: () => new Date(at) });
  for (const recorded of log.events) {
    at = recorded.at;
    journal.append(recorded.event);
  }
  return journal;
}

test('runs are kept in RUNBOOK_STATE, the XDG state folder, or below the home folder', () => {
  expect(stateFolder({ RUNBOOK_STATE: '/a', XDG_STATE_HOME: '/b' }, '/home/ana')).toBe('/a');
  expect(stateFolder({ XDG_STATE_HOME: '/b' }, '/home/ana')).toBe('/b/runbook');
  expect(stateFolder({}, '/home/ana')).toBe('/home/ana/.local/state/runbook');
});

test('a new run has a speakable id, the runbook as it was, and no journal yet', async () => {
  const run = await create();
  expect(run.id).toMatch(/^20261121-0312-pool-exhausted-[2-9bcdfghjkmnp-tv-z]{4}$/);
  expect(readFileSync(run.runbook, 'utf8')).toBe(source.text);
  expect(existsSync(run.outputs)).toBe(true);
  expect(existsSync(run.journal)).toBe(false);
});

test('nobody but the owner can look into a run', async () => {
  const run = await create();
  for (const folder of [store.root, join(store.root, 'runs'), run.folder, run.outputs]) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  }
  expect(statSync(run.runbook).mode & 0o777).toBe(0o600);
});

test('two runs of the same minute that draw the same letters get different ids', async () => {
  const drawn = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9];
  const random = () => drawn.shift() ?? 0.9;
  const { id } = await create(undefined, random);
  expect((await create(undefined, random)).id).not.toBe(id);
});

/** A folder below a file, and one where the file system lets nobody make any. */
const UNWRITABLE = [
  ['a file', () => newFile()],
  ...(existsSync('/proc/self') ? [['/proc', () => '/proc/runbook/state'] as const] : []),
] as const;

function newFile(): string {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  return file;
}

test.each(UNWRITABLE)(
  'a state folder in %s is the surroundings, with what to do',
  async (_, place) => {
    store = runStore(place());
    await expect(create()).rejects.toThrow(
      expect.objectContaining({
        code: 'environment',
        hint: 'set RUNBOOK_STATE to a folder that can be written',
      }),
    );
  },
);

test('a run is found by its id, the beginning of it, its last letters, and latest', async () => {
  const older = await create('2026-11-20T22:00:00.000Z', () => 0.2);
  const newer = await create('2026-11-21T03:12:00.000Z', () => 0.7);
  expect(store.openRun(older.id)).toEqual(older);
  expect(store.openRun('20261120')).toEqual(older);
  expect(store.openRun(newer.id.slice(-4))).toEqual(newer);
  expect(store.openRun('latest')).toEqual(newer);
});

test('of the runs of one minute the latest is the one whose journal begins last', async () => {
  const [first, last, second] = await Promise.all(
    [0.9, 0.1, 0.5].map((drawn) => create(undefined, () => drawn)),
  );
  for (const [run, at] of [
    [first, '2026-11-21T03:12:10.000Z'],
    [last, '2026-11-21T03:12:50.000Z'],
    [second, '2026-11-21T03:12:30.000Z'],
  ] as const) {
    record(run as RunFolder, { events: [{ at, event: firstEvent() }] }).close();
  }
  expect(store.openRun('latest')).toEqual(last);
  expect((await listRows(store)).map(({ id }) => id)).toEqual([last?.id, second?.id, first?.id]);
});

test('a run that is not there or not the only one is answered with those that are', async () => {
  expect(() => store.openRun('latest')).toThrow(/there are no runs yet/);
  const made = [0.2, 0.7].map((drawn) => create(undefined, () => drawn));
  const ids = (await Promise.all(made)).map(({ id }) => id);
  expect(() => store.openRun('nope')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(ids[0] ?? '') }),
  );
  expect(() => store.openRun('2026')).toThrow(
    expect.objectContaining({
      message: '"2026" could be 2 runs',
      hint: expect.stringContaining(ids[1] ?? ''),
    }),
  );
  expect(() => store.openRun('../../etc')).toThrow(/there is no run/);
});

test('the list says what became of each run, newest first', async () => {
  const done = await create('2026-11-21T03:12:00.000Z');
  record(done, resolved).close();
  const left = await create('2026-11-21T03:13:00.000Z');
  record(left, terminating.add({ type: 'run.paused', reason: 'left' })).close();
  const killed = await create('2026-11-21T03:14:00.000Z');
  record(killed, terminating).close();
  const open = await create('2026-11-21T03:15:00.000Z');
  const journal = record(open, terminating);
  const resumed = await create('2026-11-21T03:16:00.000Z');
  const back = { type: 'run.resumed', operator: 'ben', host: 'b', pid: 1, program: 'r' } as const;
  record(resumed, terminating.add({ type: 'run.paused', reason: 'left' }, back)).close();

  const listed = await listRows(store);
  expect(listed.map(({ id, status }) => [id, status])).toEqual([
    [resumed.id, 'interrupted'],
    [open.id, 'running'],
    [killed.id, 'interrupted'],
    [left.id, 'paused'],
    [done.id, 'finished'],
  ]);
  expect(listed[0]?.operator).toBe('ben');
  expect(listed[1]).toMatchObject({ step: 'terminate_idle', endedAt: undefined });
  expect(listed[4]).toEqual({
    found: '14 connections are free again.',
    id: done.id,
    status: 'finished',
    program: 'runbook 0.1.0',
    runbook: 'pool-exhausted',
    title: 'Connection pool exhausted',
    startedAt: resolved.events[0]?.at,
    endedAt: resolved.events.at(-1)?.at,
    outcome: 'resolved',
    operator: 'ana',
    step: 'done',
    stepTitle: 'Resolved',
    targets: { db: 'postgres app@10.0.3.7:5432/shop' },
    changedAt: resolved.events.at(-1)?.at,
    mode: 'live',
    severity: 'high',
    startedBy: 'ana',
  });
  journal.close();
  // The older runs are not read until they are asked for.
  for (const { journal: file } of [killed, left, done]) rmSync(file);
  const rows = store.rows()[Symbol.asyncIterator]();
  expect((await rows.next()).value).toMatchObject({ id: resumed.id, status: 'interrupted' });
});

test('a run whose journal cannot be read is in the list and says why', async () => {
  const good = await create('2026-11-21T03:12:00.000Z');
  record(good, resolved).close();
  const edited = await create('2026-11-21T03:13:00.000Z');
  record(edited, resolved).close();
  writeFileSync(
    edited.journal,
    readFileSync(edited.journal, 'utf8').replace('"phrase":"shop"', '"phrase":"SHOP"'),
  );
  const noJournal = await create('2026-11-21T03:14:00.000Z');
  const empty = await create('2026-11-21T03:15:00.000Z');
  writeFileSync(empty.journal, '');
  const folder = await create('2026-11-21T03:16:00.000Z');
  mkdirSync(folder.journal);
  const newer = await create('2026-11-21T03:17:00.000Z');
  record(newer, { events: [{ at: '2026-11-21T03:17:00.000Z', event: firstEvent(7) }] }).close();

  const listed = await listRows(store);
  expect(listed.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => 'unreadable'),
    'finished',
  ]);
  expect(listed.map(({ problem }) => problem)).toEqual([
    'this run was written by runbook 0.1.0, which records events that this build does not know',
    expect.stringContaining('EISDIR'),
    'its journal is empty',
    expect.stringContaining('ENOENT'),
    expect.stringMatching(/^line \d+ was changed after it was written$/),
    undefined,
  ]);
  expect(listed[4]).toMatchObject({ runbook: 'pool-exhausted', operator: 'ana' });
  expect(noJournal.id).toBe(listed[3]?.id);
});

test('a run cut off by a crash is listed by what is whole', async () => {
  const run = await create();
  record(run, terminating).close();
  appendFileSync(run.journal, '{"seq":99,"at":"2026');
  writeFileSync(join(run.folder, `writer.${hostname()}.${process.ppid}.1.lock`), '');
  expect(await listRows(store)).toMatchObject([{ status: 'interrupted', step: 'terminate_idle' }]);
});

test('what is not a run is not in the list', async () => {
  await create();
  writeFileSync(join(store.root, 'runs', '.DS_Store'), '');
  mkdirSync(join(store.root, 'runs', 'notes'));
  expect(await listRows(store)).toHaveLength(1);
});

function firstEvent(version = 1): RunEvent {
  const event = resolved.events[0]?.event;
  return { ...event, version } as RunEvent;
}
