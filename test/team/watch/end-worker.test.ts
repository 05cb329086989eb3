import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { teamFigures } from '#serve/figures.ts';
import { openPool } from '#team/database.ts';
import { migrateEngine, openDispatch } from '#team/engine.ts';
import { migrate } from '#team/migrate.ts';
import { FIRST } from '#team/migrations/001-first.ts';
import { SERVED } from '#team/migrations/002-served.ts';
import { POLICY } from '#team/migrations/003-policy.ts';
import { CHANGES } from '#team/migrations/004-changes.ts';
import { RIGHTS } from '#team/migrations/005-rights.ts';
import { LOGINS } from '#team/migrations/006-logins.ts';
import { SUMMARY } from '#team/migrations/007-summary.ts';
import { endWorker } from '#team/watch/end-worker.ts';
import { sweep } from '#team/watch/reaper.ts';
import { claimRun } from '#team/work/claim.ts';
import {
  addWorker,
  connection,
  controlPlane,
  inDatabase,
  queuedRun,
} from '../../support/control-plane.ts';

const plane = controlPlane();
beforeAll(() => migrateEngine(plane().url));

const legsOf = (id: string) => plane().dispatch.queued.filter((leg) => leg.id === id).length;

async function endedWorker(): Promise<string> {
  const worker = await addWorker(plane());
  await endWorker(plane(), { id: worker, as: 'gone' });
  return worker;
}

/** A run that a worker claims. */
async function held() {
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  const claim = await claimRun(plane().pool, id, worker);
  return { worker, id, epoch: BigInt(claim?.epoch ?? 0) };
}

const lastBeat = async (worker: string) => {
  const sql = 'SELECT beat_at::text AS beat FROM runbook.worker WHERE id = $1';
  return (await plane().pool.query<{ beat: string }>(sql, [worker])).rows[0]?.beat ?? '';
};

test.each(['gone', 'dead'] as const)(
  'a worker that is %s frees its runs, each with a new epoch and a leg of its own, and ends once',
  async (as) => {
    const { worker, id, epoch } = await held();
    const before = legsOf(id);
    const ending = { id: worker, as, beat: await lastBeat(worker) };
    expect(await endWorker(plane(), ending)).toBe(1);
    const run = await plane().store.run(id);
    expect(run?.holder).toBeUndefined();
    expect(BigInt(run?.epoch ?? 0)).toBe(epoch + 1n);
    expect(legsOf(id)).toBe(before + 1);
    expect(await endWorker(plane(), ending)).toBeUndefined();
    expect(legsOf(id)).toBe(before + 1);
  },
);

test('the database refuses that an ended worker holds a run, whoever says so', async () => {
  const { pool } = plane();
  const ended = await endedWorker();
  const { worker, id } = await held();
  const free = await queuedRun(plane());
  for (const state of ['gone', 'dead'])
    await expect(
      pool.query('UPDATE runbook.worker SET state = $2 WHERE id = $1', [worker, state]),
    ).rejects.toThrow(`worker ${worker} holds runs and cannot end`);
  for (const run of [id, free])
    await expect(
      pool.query('UPDATE runbook.run SET holder = $2, epoch = epoch + 1 WHERE id = $1', [
        run,
        ended,
      ]),
    ).rejects.toThrow(`worker ${ended} has ended and holds no run`);
  expect((await plane().store.run(id))?.holder).toBe(worker);
  await pool.query("UPDATE runbook.worker SET state = 'draining' WHERE id = $1", [worker]);
});

test('a worker that was declared dead claims nothing, if it goes on', async () => {
  const id = await queuedRun(plane());
  expect(await claimRun(plane().pool, id, await endedWorker())).toBeUndefined();
  expect((await plane().store.run(id))?.holder).toBeUndefined();
});

test('a claim that is on its way when its worker ends is freed with the others', async () => {
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  const claiming = await connection(plane().url);
  await claiming.query('BEGIN');
  expect(await claimRun(claiming as never, id, worker)).toBeDefined();
  const ending = endWorker(plane(), { id: worker, as: 'gone' });
  await vi.waitFor(async () => {
    const sql = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    expect((await plane().pool.query(sql)).rowCount).toBe(1);
  });
  await claiming.query('COMMIT');
  expect(await ending).toBe(1);
  expect((await plane().store.run(id))?.holder).toBeUndefined();
});

test('legs of an ended worker are forgotten, each once, and a run that has finished gets none', async () => {
  const { pool, dispatch } = plane();
  const { worker, id } = await held();
  const finished = await queuedRun(plane());
  await claimRun(pool, finished, worker);
  await pool.query('UPDATE runbook.run SET finished_at = now() WHERE id = $1', [finished]);
  const given = await queuedRun(plane());
  const legOf = (run: string) => dispatch.queued.findLast((one) => one.id === run)?.leg ?? '';
  const [own, unclaimed, over] = [legOf(id), legOf(given), legOf(finished)];
  const before = [legsOf(id), legsOf(given), legsOf(finished)];
  const cancelled: (readonly string[])[] = [];
  const giving = {
    ...dispatch,
    givenTo: async () => [own, unclaimed],
    cancel: async (legs: readonly string[]) => void cancelled.push(legs),
  };
  const ending = { id: worker, as: 'gone' } as const;
  expect(await endWorker({ pool, dispatch: giving }, ending)).toBe(2);
  expect(cancelled.map((legs) => legs.toSorted())).toEqual([[own, unclaimed, over].toSorted()]);
  const after = [legsOf(id), legsOf(given), legsOf(finished)];
  expect(after).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1, before[2]]);
  expect(await endWorker({ pool, dispatch: giving }, ending)).toBeUndefined();
  expect(cancelled).toHaveLength(1);
});

test('a worker that has left is ended, whatever its last beat', async () => {
  const worker = await addWorker(plane());
  const ending = { id: worker, as: 'gone', beat: 'another' } as const;
  expect(await endWorker(plane(), ending)).toBe(0);
});

const OLD = "changed_at = now() - interval '1 hour'";
const withoutOwner = async () =>
  (await teamFigures(plane().pool)).find(({ name }) => name === 'runs_without_owner')?.values[0]
    ?.value;

test.each([
  [
    'is held by a worker that has left, as after a restore',
    'holder = $2, leg = NULL, failures = 10',
  ],
  ['nobody holds and nobody queued', 'leg = NULL'],
])('a run that %s is trouble and a figure, until the sweep takes it up', async (_, columns) => {
  const { pool, store } = plane();
  const id = await queuedRun(plane());
  const ended = await endedWorker();
  await addWorker(plane());
  expect(await withoutOwner()).toBe(0);
  expect((await store.run(id))?.trouble).toBeUndefined();
  await pool.query('ALTER TABLE runbook.run DISABLE TRIGGER holder_lives');
  await pool.query(
    `UPDATE runbook.run SET epoch = epoch + 1, ${OLD}, ${columns} WHERE id = $1 AND $2 <> ''`,
    [id, ended],
  );
  await pool.query('ALTER TABLE runbook.run ENABLE TRIGGER holder_lives');
  expect(await withoutOwner()).toBe(1);
  expect((await store.run(id))?.trouble).toBe('no worker has it, and it is in no queue');
  const [before, was] = [legsOf(id), await store.run(id)];
  await sweep(plane());
  expect(legsOf(id)).toBe(before + 1);
  const run = await store.run(id);
  expect(run?.holder).toBeUndefined();
  expect(BigInt(run?.epoch ?? 0)).toBeGreaterThan(BigInt(was?.epoch ?? 0));
  expect(await withoutOwner()).toBe(0);
});

test('a leg that was given to a worker after its end is not at work: its run gets another', async () => {
  const { pool, url, store } = plane();
  const engine = await openDispatch(url);
  onTestFinished(() => engine.close());
  const tx = await pool.connect();
  const id = await queuedRun(plane());
  const leg = await engine.enqueue(tx, { id, label: 'default', replay: 1, severity: 'high' });
  tx.release();
  const legNow = async () => {
    const { rows } = await pool.query<{ leg: string }>(
      'SELECT leg FROM runbook.run WHERE id = $1',
      [id],
    );
    return rows[0]?.leg;
  };
  await pool.query(
    "UPDATE runbook.run SET leg = $2, changed_at = now() - interval '1 hour' WHERE id = $1",
    [id, leg],
  );
  expect(await engine.open([leg])).toEqual([{ leg, worker: undefined }]);
  for (const worker of [await addWorker(plane()), await endedWorker()]) {
    expect(await legNow()).toBe(leg);
    await pool.query(
      "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = $2 WHERE workflow_uuid = $1",
      [leg, worker],
    );
    expect(await engine.open([leg])).toEqual([{ leg, worker }]);
    expect(await engine.givenTo(worker)).toEqual([leg]);
    await sweep({ pool, dispatch: engine });
  }
  expect(await legNow()).not.toBe(leg);
  expect((await store.run(id))?.holder).toBeUndefined();
  await engine.cancel([leg]);
  expect(await engine.open([leg])).toEqual([]);
});

test('an upgrade frees the runs that a worker has taken with it', async () => {
  await plane().pool.query('CREATE DATABASE older');
  const owner = openPool(inDatabase(plane().url, 'older'), 'test', 2);
  try {
    await migrate(owner, [FIRST, SERVED, POLICY, CHANGES, RIGHTS, LOGINS, SUMMARY]);
    await owner.query(`INSERT INTO runbook.worker (id, labels, program, replay, state)
        VALUES ('left', '{eu}', 'test', 1, 'gone'), ('stays', '{eu}', 'test', 1, 'alive');
      INSERT INTO runbook.runbook_text VALUES ('x', 'a', 'a.yaml', 'name: a');
      INSERT INTO runbook.run (id, holder, epoch, runbook, text_sha256, environment, label, severity, started_by, source, replay, title)
        SELECT holder, holder, 4, 'a', 'x', 'prod', 'eu', 'high', 'ada', 'cli', 1, 'A' FROM (VALUES ('left'), ('stays')) AS w (holder)`);
    await migrate(owner);
    const { rows } = await owner.query('SELECT id, holder, epoch FROM runbook.run ORDER BY id');
    expect(rows).toEqual([
      { id: 'left', holder: null, epoch: '5' },
      { id: 'stays', holder: 'stays', epoch: '4' },
    ]);
  } finally {
    await owner.end();
  }
});
