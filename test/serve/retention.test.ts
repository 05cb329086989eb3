import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { RETENTION, removeOutlived } from '#serve/retention.ts';
import { migrateEngine, openDispatch } from '#team/engine.ts';
import { addWorker, controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();
beforeAll(() => migrateEngine(plane().url));

const DAY_MS = 86_400_000;

/** The first column of what a query finds. */
async function found(sql: string): Promise<readonly unknown[]> {
  const { rows } = await plane().pool.query({ text: sql, rowMode: 'array' });
  return rows.map(([first]: unknown[]) => first);
}

test('workers that ended long ago are removed, and none that is there, ended lately or holds a run', async () => {
  const { pool, dispatch } = plane();
  await pool.query(`
    INSERT INTO runbook.worker (id, labels, program, replay, state, beat_at)
    SELECT state || '-' || days, '{default}', 'test', 1, state, now() - days * interval '1 day'
    FROM unnest(ARRAY['gone', 'dead', 'draining', 'alive']) AS state, unnest(ARRAY[6, 8]) AS days`);
  const held = await queuedRun(plane());
  // No process leaves it so; a row that a run names must stay all the same.
  await pool.query('ALTER TABLE runbook.run DISABLE TRIGGER holder_lives');
  await pool.query(
    "INSERT INTO runbook.worker (id, labels, program, replay, state, beat_at) VALUES ('held', '{default}', 'test', 1, 'dead', '2020-01-01')",
  );
  await pool.query("UPDATE runbook.run SET holder = 'held' WHERE id = $1", [held]);
  await pool.query('ALTER TABLE runbook.run ENABLE TRIGGER holder_lives');
  await removeOutlived({ pool, dispatch }, RETENTION);
  expect(await found('SELECT id FROM runbook.worker ORDER BY id')).toEqual([
    'alive-6',
    'alive-8',
    'dead-6',
    'draining-6',
    'draining-8',
    'gone-6',
    'held',
  ]);
});

test('alerts, messages and live output go by their own age, thousands at a time', async () => {
  const { pool, dispatch } = plane();
  const [run, over] = [await queuedRun(plane()), await queuedRun(plane())];
  await pool.query(`
    INSERT INTO runbook.alert (source, fingerprint, status, labels, decision, received_at)
    SELECT 'am', 'am:' || i, 'firing', '{}', 'joined', now() - interval '29 days' - (i > 3) :: int * interval '2 days'
    FROM generate_series(1, 2503) AS i;
    INSERT INTO runbook.notice (run_id, question, kind, channel, after_s, state, due_at, changed_at)
    SELECT id, state, 'gate', 'ops', 0, state, now(), now() - interval '8 days'
    FROM unnest(ARRAY['${run}', '${over}']) AS id, unnest(ARRAY['told', 'closed', 'failed']) AS state;
    UPDATE runbook.run SET finished_at = now() - interval '8 days' WHERE id = '${over}';
    INSERT INTO runbook.run_live (run_id, epoch, at, live)
    VALUES ('${run}', 1, now() - interval '8 days', '{}'), ('other', 1, now(), '{}');`);
  const removed = await removeOutlived({ pool, dispatch }, { ...RETENTION, alertsMs: 30 * DAY_MS });
  expect(removed).toBe(2_500 + 3 + 1);
  expect(await found('SELECT count(*)::int FROM runbook.alert')).toEqual([3]);
  expect(await found('SELECT DISTINCT run_id FROM runbook.notice')).toEqual([run]);
  expect(await found('SELECT run_id FROM runbook.run_live')).toEqual(['other']);
});

test('legs that have ended are forgotten, and those at work are not', async () => {
  const { pool, url } = plane();
  const engine = await openDispatch(url);
  onTestFinished(() => engine.close());
  const tx = await pool.connect();
  const run = { id: await queuedRun(plane()), label: 'default', replay: 1, severity: 'high' };
  const ended = await engine.enqueue(tx, run);
  const open = await engine.enqueue(tx, run);
  const taken = await engine.enqueue(tx, run);
  const worker = await addWorker(plane());
  await tx.query(
    "UPDATE dbos.workflow_status SET status = 'PENDING', executor_id = $2 WHERE workflow_uuid = $1",
    [taken, worker],
  );
  tx.release();
  await engine.cancel([ended]);
  expect(await engine.forget(new Date(Date.now() - DAY_MS), 10)).toBe(0);
  expect(await engine.forget(new Date(Date.now() + DAY_MS), 10)).toBe(1);
  expect(await found('SELECT workflow_uuid FROM dbos.workflow_status ORDER BY created_at')).toEqual(
    [open, taken],
  );
});
