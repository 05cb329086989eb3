import { expect, test } from 'vitest';
import { placeInQueue } from '#serve/queue.ts';
import { claimRun } from '#team/work/claim.ts';
import { addWorker, controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();

test('a queued run knows who comes before it, and what its workers have to do', async () => {
  const { pool } = plane();
  const place = (id: string) => placeInQueue(pool, id);
  const first = await queuedRun(plane());
  expect(await place(first)).toEqual({
    ...{ label: 'default', ahead: 0, workers: 0, working: 0, places: 0 },
  });
  const worker = await addWorker(plane());
  await pool.query('UPDATE runbook.worker SET places = 3 WHERE id = $1', [worker]);
  const second = await queuedRun(plane());
  const worst = await queuedRun(plane());
  await pool.query("UPDATE runbook.run SET severity = 'critical' WHERE id = $1", [worst]);
  const other = await queuedRun(plane());
  await pool.query("UPDATE runbook.run SET label = 'eu' WHERE id = $1", [other]);
  const ahead = async () =>
    Promise.all([first, second, worst, other].map(async (id) => (await place(id))?.ahead));
  expect(await ahead()).toEqual([1, 2, 0, 0]);
  expect(await place(other)).toMatchObject({ workers: 0, places: 0 });
  await claimRun(pool, worst, worker);
  expect(await ahead()).toEqual([0, 1, undefined, 0]);
  expect(await place(second)).toMatchObject({ workers: 1, working: 1, places: 3 });
  await pool.query("UPDATE runbook.run SET status = 'waiting' WHERE id = $1", [worst]);
  expect(await place(second)).toMatchObject({ working: 0 });
});
