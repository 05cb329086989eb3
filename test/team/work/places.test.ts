import { expect, test, vi } from 'vitest';
import { Places } from '#team/work/places.ts';
import { teamStage } from '../../support/team-stage.ts';

const stage = teamStage();

test('a new run waits for a place, and a run that goes on does not', async () => {
  const places = new Places(1);
  const entered: string[] = [];
  const enter = (name: string) => places.enter().then(() => entered.push(name));
  await enter('first');
  const second = enter('second');
  const third = enter('third');
  places.goOn();
  places.leave();
  await Promise.resolve();
  expect(entered).toEqual(['first']);
  places.leave();
  await second;
  expect(entered).toEqual(['first', 'second']);
  places.leave();
  await third;
});

test('runs that wait for a person keep no other from being diagnosed', {
  timeout: 60_000,
}, async () => {
  const { startWorker, create, asks, store, send, answered, finished } = stage();
  await startWorker({ places: 2, holdMs: 600_000 });
  const runs: string[] = [];
  for (let number = 0; number < 6; number += 1) runs.push(await create());
  for (const run of runs) await asks(run, 'gate');
  await vi.waitFor(async () => {
    const held = await Promise.all(runs.map((run) => store.run(run)));
    expect(held.filter((run) => run?.holder !== undefined)).toHaveLength(2);
  });
  // The first is parked, as it waited longest: it is woken by its answer.
  const [first = ''] = runs;
  expect((await store.run(first))?.holder).toBeUndefined();
  const { gate, awaited } = await asks(first, 'gate');
  const confirmed = await send(
    first,
    { type: 'confirm', digest: gate?.digest ?? '' },
    awaited?.seq,
  );
  expect((await answered(first, confirmed)).verdict).toEqual({ accepted: true });
  expect((await finished(first)).outcome).toBe('resolved');
});

test('a run that somebody looks at is not parked for another', { timeout: 60_000 }, async () => {
  const { startWorker, create, asks, store } = stage();
  await startWorker({ places: 1, holdMs: 600_000 });
  const seen = await create();
  await asks(seen, 'gate');
  await store.look(seen, { person: 'grace', via: 'page', ms: 60_000 });
  const others = [await create(), await create()];
  for (const run of others) await asks(run, 'gate');
  await vi.waitFor(async () => {
    const held = await Promise.all([seen, ...others].map((run) => store.run(run)));
    expect(held.map((run) => run?.holder === undefined)).toEqual([false, true, true]);
  });
});

test('a worker that drains parks what waits, and sees to the end what works', {
  timeout: 60_000,
}, async () => {
  const { startWorker, create, asks, store, changes, send, view } = stage();
  const worker = await startWorker({ places: 1, holdMs: 600_000 });
  const waits = await create();
  const works = await create({ change_seconds: '2' });
  await asks(waits, 'gate');
  await store.look(waits, { person: 'grace', via: 'page', ms: 60_000 });
  const { gate, awaited } = await asks(works, 'gate');
  await store.look(works, { person: 'grace', via: 'page', ms: 60_000 });
  await send(works, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
  await vi.waitFor(async () => expect((await view(works))?.status).toBe('running'), {
    interval: 20,
  });
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(await changes(works)).toBe(1);
  expect((await store.run(waits))?.holder).toBeUndefined();
  expect((await view(works))?.outcome).toBe('resolved');
});

test('what a person waits for is queued before every severity', async () => {
  const { create, send, pool } = stage();
  const label = 'nobody';
  const priorities = async (run: string) => {
    const { rows } = await pool.query<{ priority: number }>(
      "SELECT priority FROM dbos.workflow_status WHERE workflow_uuid LIKE $1 || '/%' ORDER BY created_at",
      [run],
    );
    return rows.map(({ priority }) => priority);
  };
  const run = await create({}, { label });
  expect(await priorities(run)).toEqual([2]);
  // Its leg is done and its run waits, without a worker.
  await pool.query('UPDATE runbook.run SET leg = NULL WHERE id = $1', [run]);
  await send(run, { type: 'note', text: 'I look at it.' });
  expect(await priorities(run)).toEqual([2, 0]);
});
