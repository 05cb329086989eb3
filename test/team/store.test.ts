import { expect, test, vi } from 'vitest';
import { createRun } from '#team/create-run.ts';
import { RowsJournal } from '#team/record/journal.ts';
import { claimRun } from '#team/work/claim.ts';
import { runAlert } from '../fixtures/alert-files.ts';
import { RUN_STARTED } from '../fixtures/pool-exhausted-steps.ts';
import { addWorker, controlPlane, queuedRun } from '../support/control-plane.ts';

const BO = {
  person: 'bo',
  via: 'page',
  roles: ['operator'],
  environment: 'prod',
  signedInAt: undefined,
} as const;

const plane = controlPlane();

const NEW_RUN = {
  runbook: { name: 'stuck', title: 'Orders are stuck', severity: 'critical' },
  text: { file: 'stuck.yaml', text: 'name: stuck\n' },
  environment: 'prod',
  label: 'eu',
  inputs: { region: 'eu' },
  startedBy: 'alertmanager',
  source: 'alert',
  replay: 1,
} as const;

test('a run is created with its text and its first leg, or not at all', async () => {
  const { store, dispatch } = plane();
  const { run: id = '' } = await store.createRun(NEW_RUN);
  expect(id).toMatch(/^\d{8}-\d{4}-stuck-[a-z0-9]{8}$/);
  expect(await store.run(id)).toMatchObject({
    status: 'queued',
    label: 'eu',
    inputs: { region: 'eu' },
  });
  expect(await store.record(id).sources.runbook()).toBe('name: stuck\n');
  expect(dispatch.queued.at(-1)).toMatchObject({ id, label: 'eu', severity: 'critical' });
  const failing = { ...dispatch, enqueue: () => Promise.reject(new Error('no queue')) };
  const { TeamStore } = await import('#team/store.ts');
  const before = (await store.runs({ limit: 1_000 })).length;
  await expect(new TeamStore(plane().pool, failing).createRun(NEW_RUN)).rejects.toThrow('no queue');
  expect(await store.runs({ limit: 1_000 })).toHaveLength(before);
});

test('the ID of a run has the first 30 characters of a name, and no hyphen at their end', async () => {
  const { store } = plane();
  const idOf = async (name: string) =>
    (await store.createRun({ ...NEW_RUN, runbook: { ...NEW_RUN.runbook, name } })).run;
  const start = `a-${'b'.repeat(26)}`;
  expect(await idOf(`${start}--more`)).toMatch(new RegExp(`^\\d{8}-\\d{4}-${start}-[a-z0-9]{8}$`));
  expect(await idOf(`${start}cdef`)).toMatch(new RegExp(`-${start}cd-[a-z0-9]{8}$`));
});

test('how long a run waits with a question may be its own', async () => {
  const { pool, store } = plane();
  const holdOf = async (more: { holdMs?: number }) => {
    const { run } = await store.createRun({ ...NEW_RUN, ...more });
    const sql = 'SELECT hold_ms AS ms FROM runbook.run WHERE id = $1';
    return (await pool.query<{ ms: number | null }>(sql, [run])).rows[0]?.ms;
  };
  expect(await holdOf({ holdMs: 90_000 })).toBe(90_000);
  expect(await holdOf({})).toBeNull();
});

test('of runs with one fingerprint at most one is open, also if they arrive at once', async () => {
  const { store } = plane();
  const run = { ...NEW_RUN, fingerprint: 'fp-1' };
  const created = await Promise.all(Array.from({ length: 6 }, () => store.createRun(run)));
  expect(created.filter(({ decision }) => decision === 'started')).toHaveLength(1);
  expect(new Set(created.map(({ run: id }) => id)).size).toBe(1);
});

test('whoever meets a run with the fingerprint that is just being created joins it', async () => {
  const { pool, store, dispatch } = plane();
  const run = { ...NEW_RUN, fingerprint: 'fp-2' };
  const tx = await pool.connect();
  await tx.query('BEGIN');
  const first = await createRun(tx, dispatch, run);
  const second = store.createRun(run);
  await vi.waitFor(async () => {
    const sql =
      "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT%'";
    expect((await pool.query(sql)).rowCount).toBe(1);
  });
  await tx.query('COMMIT');
  tx.release();
  expect(await second).toEqual({ decision: 'joined', run: first.run });
  expect(dispatch.queued.filter(({ id }) => id === first.run)).toHaveLength(1);
});

test('no more runs are open than allowed, also if they arrive at once', async () => {
  const { store } = plane();
  const run = { ...NEW_RUN, runbook: { ...NEW_RUN.runbook, name: 'limited' }, maxOpen: 2 };
  const created = await Promise.all(Array.from({ length: 6 }, () => store.createRun(run)));
  expect(created.filter(({ decision }) => decision === 'started')).toHaveLength(2);
  expect(created.filter(({ decision }) => decision === 'limited')).toHaveLength(4);
});

test('of the runs of a person with one key there is the first, also after it has finished', async () => {
  const { pool, store } = plane();
  const start = (startedBy: string) => store.createRun({ ...NEW_RUN, startedBy, key: 'once' });
  const created = await Promise.all([start('kim'), start('kim'), start('kim')]);
  expect(created.map(({ decision }) => decision).sort()).toEqual(['joined', 'joined', 'started']);
  const [first] = created;
  await pool.query('UPDATE runbook.run SET finished_at = now() WHERE id = $1', [first?.run]);
  expect(await start('kim')).toEqual({ decision: 'joined', run: first?.run });
  expect(await start('lee')).toMatchObject({ decision: 'started' });
});

test('runs are listed most recent first, page by page', async () => {
  const { store } = plane();
  for (const _ of [1, 2, 3]) await store.createRun({ ...NEW_RUN, environment: 'listed' });
  const first = await store.runs({ environments: ['listed'], limit: 2 });
  const second = await store.runs({ environments: ['listed'], limit: 2, before: first.at(-1)?.id });
  expect([...first, ...second].map(({ id }) => id)).toEqual(
    (await store.runs({ environments: ['listed'] })).map(({ id }) => id),
  );
  expect(await store.runs({ environments: ['listed'], state: 'finished' })).toEqual([]);
});

test('who waits longest for the most severe is listed first, and all that are open are counted', async () => {
  const { pool, store } = plane();
  const environments = ['queue'];
  const add = async (severity: string, status: string, waitingSince?: string) => {
    const runbook = { ...NEW_RUN.runbook, severity };
    const { run = '' } = await store.createRun({ ...NEW_RUN, runbook, environment: 'queue' });
    await pool.query('UPDATE runbook.run SET status = $2, summary = $3 WHERE id = $1', [
      ...[run, status, JSON.stringify({ waitingSince, found: `Found 100% of ${status}` })],
    ]);
    return run;
  };
  const late = await add('high', 'waiting', '2026-11-23T03:00:00Z');
  const early = await add('high', 'waiting', '2026-11-23T01:00:00Z');
  const running = await add('critical', 'running');
  const worst = await add('critical', 'waiting', '2026-11-23T04:00:00Z');
  const idsOf = async (wanted: Parameters<typeof store.runs>[0]) =>
    (await store.runs({ environments, ...wanted })).map(({ id }) => id);
  expect(await idsOf({ state: 'waiting' })).toEqual([worst, early, late]);
  expect(await idsOf({ state: 'waiting', limit: 1 })).toEqual([worst]);
  expect(await idsOf({ state: 'running' })).toEqual([running]);
  expect(await store.counts({ environments })).toEqual({ waiting: 3, running: 1 });
  expect(await store.counts({ environments: [] })).toEqual({ waiting: 0, running: 0 });
  expect(await idsOf({ text: 'found 100% of RUN' })).toEqual([running]);
  expect(await idsOf({ text: '1%0' })).toEqual([]);
  const waiting = await store.counts({ environments, text: 'of waiting' });
  expect(waiting).toEqual({ waiting: 3, running: 0 });
});

test('an intent with a key is stored once for each person', async () => {
  const { store } = plane();
  const run = await queuedRun(plane());
  const add = () => store.addIntent({ ...BO, run, key: 'k', intent: { type: 'stop' } });
  expect(await add()).toBe(await add());
  expect(await store.intents(run)).toMatchObject([{ person: 'bo', verdict: undefined }]);
  await store.addIntent({ ...BO, person: 'cy', run, key: 'k', intent: { type: 'stop' } });
  expect((await store.intents(run)).map(({ person }) => person)).toEqual(['bo', 'cy']);
  await expect(store.addIntent({ ...BO, run: 'none', intent: { type: 'stop' } })).rejects.toThrow(
    'there is no run "none"',
  );
});

test('an intent is stored with what it answers, with the gate it is for, and since when its person is signed in', async () => {
  const { pool, store } = plane();
  const run = await queuedRun(plane());
  const signedInAt = new Date('2026-11-27T03:00:00Z');
  const given = { ...BO, run, intent: { type: 'stop' } } as const;
  await store.addIntent({ ...given, atSeq: 7, digest: 'sha256:a', signedInAt });
  await store.addIntent(given);
  const sql =
    'SELECT digest, signed_in_at AS at FROM runbook.run_intent WHERE run_id = $1 ORDER BY id';
  expect((await pool.query(sql, [run])).rows).toEqual([
    { digest: 'sha256:a', at: signedInAt },
    { digest: null, at: null },
  ]);
  const stored = await store.intents(run);
  expect(stored.map(({ atSeq }) => atSeq)).toEqual([7, undefined]);
  expect(stored[0]?.createdAt).toBeInstanceOf(Date);
  expect(await store.intents(run, stored[0]?.id)).toEqual(stored.slice(1));
});

test('an intent for a finished run, or with rights of another environment, is refused', async () => {
  const { pool, store } = plane();
  const run = await queuedRun(plane());
  const given = { ...BO, run, intent: { type: 'stop' } } as const;
  await expect(store.addIntent({ ...given, environment: 'staging' })).rejects.toThrow(
    `the run ${run} is not one of staging`,
  );
  await pool.query('UPDATE runbook.run SET finished_at = now() WHERE id = $1', [run]);
  await expect(store.addIntent(given)).rejects.toThrow(`the run ${run} has finished`);
  expect(await store.intents(run)).toEqual([]);
});

test('an answer to a parked run queues its leg before others, and to a held or queued one none', async () => {
  const { pool, store, dispatch } = plane();
  const legs = (id: string) => dispatch.queued.filter((leg) => leg.id === id);
  const run = await queuedRun(plane());
  const given = { ...BO, run, intent: { type: 'stop' } } as const;
  await store.addIntent(given);
  expect(legs(run)).toHaveLength(1);
  const worker = await addWorker(plane());
  await pool.query('UPDATE runbook.run SET leg = NULL, holder = $2 WHERE id = $1', [run, worker]);
  await store.addIntent(given);
  expect(legs(run)).toHaveLength(1);
  await pool.query('UPDATE runbook.run SET holder = NULL WHERE id = $1', [run]);
  await store.addIntent(given);
  expect(legs(run).slice(1)).toMatchObject([{ isAwaited: true }]);
});

test('workers are listed while they are there, with how many runs each holds', async () => {
  const { pool, store } = plane();
  const ids = [await addWorker(plane()), await addWorker(plane()), await addWorker(plane())];
  const [one = '', draining = '', dead = ''] = ids;
  await claimRun(pool, await queuedRun(plane()), one);
  for (const [id, state] of [
    [draining, 'draining'],
    [dead, 'dead'],
  ])
    await pool.query('UPDATE runbook.worker SET state = $2 WHERE id = $1', [id, state]);
  const listed = (await store.workers()).filter(({ id }) => ids.includes(id));
  expect(listed).toMatchObject([
    { id: one, labels: ['default'], program: 'test', state: 'alive', held: 1 },
    { id: draining, state: 'draining', held: 0 },
  ]);
  expect(Math.abs(listed[0]?.beatMs ?? Number.NaN)).toBeLessThan(60_000);
});

test('live output is that of its run', async () => {
  const { pool, store } = plane();
  const run = await queuedRun(plane());
  expect(await store.live(run)).toBeUndefined();
  await pool.query(
    `INSERT INTO runbook.run_live (run_id, epoch, at, live) VALUES ($1, 1, now(), '{"text":"hi"}')`,
    [run],
  );
  expect(await store.live(run)).toMatchObject({ at: expect.any(Date), live: { text: 'hi' } });
  expect(await store.live(await queuedRun(plane()))).toBeUndefined();
});

test('nobody looks at a run that is not there', async () => {
  const look = plane().store.look('none', { person: 'bo', via: 'page', ms: 1 });
  await expect(look).rejects.toThrow('there is no run "none"');
});

test('an intent that brings a secret is refused, and not stored', async () => {
  const { store, pool, writer } = plane();
  const run = await queuedRun(plane());
  const claim = await claimRun(pool, run, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const journal = new RowsJournal({
    claim,
    writer,
    clock: () => new Date(),
    onLost: () => undefined,
  });
  const inputs = [{ name: 'database_url', secret: true, value: '‹secret:database_url›' }];
  journal.append({ ...RUN_STARTED, inputs });
  await journal.durable();
  const edit = { type: 'edit', inputs: { database_url: 'postgres://u:hush@h/d' } } as const;
  await expect(store.addIntent({ ...BO, run, intent: edit })).rejects.toThrow(
    'the input "database_url" is secret',
  );
  expect(await store.intents(run)).toEqual([]);
  const other = { type: 'edit', inputs: { region: 'us' } } as const;
  await store.addIntent({ ...BO, run, intent: other });
  expect(await store.intents(run)).toHaveLength(1);
  // A run that has not begun says nothing of its inputs yet.
  await store.addIntent({ ...BO, run: await queuedRun(plane()), intent: edit });
});

test('an intent for a run whose row is not what it began with is refused', async () => {
  const { pool, store, writer } = plane();
  const run = await queuedRun(plane());
  const claim = await claimRun(pool, run, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  journal.append({ ...RUN_STARTED, worker: { id: 'w', label: 'eu', replay: 1 } });
  await journal.durable();
  await expect(store.addIntent({ ...BO, run, intent: { type: 'stop' } })).rejects.toThrow(
    'the control plane was altered: ',
  );
  expect(await store.intents(run)).toEqual([]);
});

test('who looks at a parked run wakes it, and at a held one only keeps it', async () => {
  const { pool, store, dispatch } = plane();
  const run = await queuedRun(plane());
  await pool.query('UPDATE runbook.run SET leg = NULL WHERE id = $1', [run]);
  const legs = () => dispatch.queued.filter(({ id }) => id === run).length;
  const before = legs();
  await store.look(run, { person: 'bo', via: 'page', ms: 60_000 });
  expect(legs()).toBe(before + 1);
  await claimRun(pool, run, await addWorker(plane()));
  await store.look(run, { person: 'bo', via: 'page', ms: 60_000 });
  expect(legs()).toBe(before + 1);
  expect((await store.intents(run)).map(({ intent }) => intent)).toEqual([{ type: 'look' }]);
});

test('a run is told of its alerts when their status changes, and woken for it', async () => {
  const { pool, store, dispatch } = plane();
  const alert = runAlert();
  const { run = '' } = await store.createRun({ ...NEW_RUN, alert });
  const told = async () =>
    (await store.intents(run)).map(({ intent, person }) => [
      person,
      intent.type === 'alert' && `${intent.alert.key} ${intent.alert.status}`,
    ]);
  expect(await told()).toEqual([['alert:am', 'k1 firing']]);
  await pool.query('UPDATE runbook.run SET leg = NULL WHERE id = $1', [run]);
  const legs = () => dispatch.queued.filter(({ id }) => id === run).length;
  const before = legs();
  await store.tellAlerts([{ run, alert }]);
  expect([await told(), legs()]).toEqual([[['alert:am', 'k1 firing']], before]);

  const over = { ...alert, status: 'resolved' } as const;
  await Promise.all([0, 1, 2].map(() => store.tellAlerts([{ run, alert: over }])));
  await store.tellAlerts([{ run, alert: runAlert({ key: 'k2' }) }]);
  await store.tellAlerts([{ run, alert }]);
  expect((await told()).slice(1)).toEqual([
    ...[['alert:am', 'k1 resolved'] as const, ['alert:am', 'k2 firing'] as const],
    ['alert:am', 'k1 firing'],
  ]);
  expect(legs()).toBe(before + 1);
});

test('an alert that flaps does not fill the journal, and a finished run is told nothing', async () => {
  const { pool, store } = plane();
  const { run = '' } = await store.createRun({ ...NEW_RUN, alert: runAlert() });
  for (let flap = 0; flap < 110; flap += 1)
    await store.tellAlerts([
      { run, alert: runAlert({ status: flap % 2 ? 'firing' : 'resolved' }) },
    ]);
  await store.tellAlerts([{ run, alert: runAlert({ key: 'never fired', status: 'resolved' }) }]);
  const told = await store.intents(run);
  expect(told).toHaveLength(101);
  // Nobody is told that nothing fires any more, though it does.
  expect(told.at(-1)?.intent).toMatchObject({ alert: { key: 'k1', status: 'firing' } });
  const other = (await store.createRun({ ...NEW_RUN, alert: runAlert() })).run ?? '';
  await pool.query('UPDATE runbook.run SET finished_at = now() WHERE id = $1', [other]);
  await store.tellAlerts([{ run: other, alert: runAlert({ status: 'resolved' }) }]);
  expect(await store.intents(other)).toHaveLength(1);
});
