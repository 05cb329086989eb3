import { expect, test } from 'vitest';
import { RowsJournal } from '#team/record/journal.ts';
import { startOf, textsInUse } from '#team/runs.ts';
import { claimRun } from '#team/work/claim.ts';
import { RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';
import { addWorker, controlPlane, queuedRun } from '../support/control-plane.ts';

const plane = controlPlane();

/** A run that has begun with these facts. */
async function begun(more: Partial<typeof RUN_STARTED> = {}, text?: string) {
  const { pool, writer } = plane();
  const id = await queuedRun(plane(), text);
  const claim = await claimRun(pool, id, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  journal.append({ ...RUN_STARTED, ...more });
  await journal.durable();
  return { id, claim };
}

test('a run that is not there is none, and one that has not begun has no first event', async () => {
  const { pool, store } = plane();
  expect(await store.run('none')).toBeUndefined();
  const id = await queuedRun(plane());
  expect(await startOf(pool, id)).toBeUndefined();
  expect(await store.run(id)).toMatchObject({
    id,
    environment: 'prod',
    trouble: expect.anything(),
  });
});

test('a run whose first line is no start has none', async () => {
  const { pool, writer } = plane();
  const id = await queuedRun(plane());
  const claim = await claimRun(pool, id, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  journal.append({ type: 'run.paused', reason: 'x' });
  await journal.durable();
  expect(await startOf(pool, id)).toBeUndefined();
});

test('a row that is not what the run began with is in trouble, and the run is where it began', async () => {
  const { pool, store } = plane();
  const { id, claim } = await begun();
  expect((await store.run(id))?.trouble).toBeUndefined();
  const { textSha256 } = claim;
  const worker = { id: 'w', label: 'default', replay: 1 };
  const runbook = { ...RUN_STARTED.runbook, sha256: textSha256 };
  const other = await begun({ worker, runbook, environment: 'prod' });
  expect(await store.run(other.id)).toMatchObject({ environment: 'prod', trouble: undefined });
  await pool.query("UPDATE runbook.run SET environment = 'staging' WHERE id = $1", [other.id]);
  expect(await store.run(other.id)).toMatchObject({
    environment: 'prod',
    trouble: expect.stringContaining('the control plane was altered: the environment of the run'),
  });
});

test('texts are in use while a run with them is open: its own, and those of its children', async () => {
  const { pool } = plane();
  const child = { file: 'child.yaml', name: 'child', sha256: 'child-of-it' };
  const { id, claim } = await begun(
    { children: [child] } as Partial<typeof RUN_STARTED>,
    'name: a\n',
  );
  const waiting = await queuedRun(plane(), 'name: b\n');
  const [{ digest } = { digest: '' }] = (
    await pool.query<{ digest: string }>(
      'SELECT text_sha256 AS digest FROM runbook.run WHERE id = $1',
      [waiting],
    )
  ).rows;
  const used = await textsInUse(pool);
  expect([...used]).toEqual(expect.arrayContaining([claim.textSha256, 'child-of-it', digest]));
  expect([...used].every((one) => one === 'child-of-it' || /^[0-9a-f]{64}$/.test(one))).toBe(true);
  await pool.query('UPDATE runbook.run SET finished_at = now() WHERE id = ANY($1)', [
    [id, waiting],
  ]);
  const left = await textsInUse(pool);
  for (const one of [claim.textSha256, 'child-of-it', digest]) expect(left).not.toContain(one);
});
