import type pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { RETENTION, removeOutlived } from '#serve/retention.ts';
import { openPool } from '#team/database.ts';
import { migrateEngine, openDispatch } from '#team/engine.ts';
import { grantRoles } from '#team/grants.ts';
import { addMonths, migrate } from '#team/migrate.ts';
import { FIRST } from '#team/migrations/001-first.ts';
import { SERVED } from '#team/migrations/002-served.ts';
import { POLICY } from '#team/migrations/003-policy.ts';
import { CHANGES } from '#team/migrations/004-changes.ts';
import { RowsJournal } from '#team/record/journal.ts';
import { partsOutputs } from '#team/record/outputs.ts';
import { Writer } from '#team/record/writer.ts';
import { TeamStore } from '#team/store.ts';
import { Lease } from '#team/watch/lease.ts';
import { Reaper } from '#team/watch/reaper.ts';
import { claimRun, releaseRun } from '#team/work/claim.ts';
import { openIntents } from '#team/work/held-run.ts';
import { someEvents } from '../fixtures/journal-events.ts';
import { controlPlane, inDatabase, loginUrl } from '../support/control-plane.ts';

const plane = controlPlane();
const pools: pg.Pool[] = [];
let eu: pg.Pool;
let dmz: pg.Pool;
let any: pg.Pool;
let server: pg.Pool;

/** Connections of a database role of its own. */
async function loggedIn(role: string): Promise<pg.Pool> {
  await plane().pool.query(`ALTER ROLE ${role} PASSWORD 'x'`);
  const pool = openPool(loginUrl(plane().url, role, 'x'), 'test of a role', 3);
  pools.push(pool);
  return pool;
}

beforeAll(async () => {
  await migrateEngine(plane().url);
  await grantRoles(plane().pool, [
    { role: 'rb_server', kind: 'server', labels: ['*'] },
    { role: 'rb_eu', kind: 'worker', labels: ['eu', 'eu-2'] },
    { role: 'rb_dmz', kind: 'worker', labels: ['dmz'] },
    { role: 'rb_any', kind: 'worker', labels: ['*'] },
  ]);
  server = await loggedIn('rb_server');
  eu = await loggedIn('rb_eu');
  dmz = await loggedIn('rb_dmz');
  any = await loggedIn('rb_any');
});
afterAll(async () => {
  for (const pool of pools.splice(0)) await pool.end();
});

let count = 0;
async function addWorker(pool: pg.Pool, labels: readonly string[] = ['eu']): Promise<string> {
  count += 1;
  await pool.query(
    `INSERT INTO runbook.worker (id, labels, program, replay) VALUES ($1, $2, 'test', 1)`,
    [`w${count}`, labels],
  );
  return `w${count}`;
}

async function created(label = 'eu'): Promise<string> {
  const { run } = await new TeamStore(server, plane().dispatch).createRun({
    runbook: { name: 'waits', title: 'It waits', severity: 'high' },
    text: { file: 'waits.yaml', text: 'name: waits\n' },
    ...{ environment: 'prod', label, inputs: {}, startedBy: 'ada', source: 'cli', replay: 1 },
  });
  if (run === undefined) throw new Error('no run was created');
  return run;
}

/** A run that a worker holds, with an open journal. */
async function held(pool = eu) {
  const id = await created();
  const worker = await addWorker(pool);
  const claim = await claimRun(pool, id, worker);
  if (claim === undefined) throw new Error('it was not claimed');
  const writer = new Writer(pool);
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  return { id, worker, claim, journal };
}

const line = (run: string, seq: number, epoch: string | number) =>
  `INSERT INTO runbook.run_event (run_id, seq, at, type, epoch, line)
   VALUES ('${run}', ${seq}, now(), 'run.paused', ${epoch}, 'x')`;

test('a worker does with its role what it has to: claim, write, answer, show, release and end the dead', async () => {
  for (const pool of [eu, any]) {
    const { id, claim, journal } = await held(pool);
    for (const event of someEvents(3)) journal.append(event);
    await journal.durable();
    const intent = await new TeamStore(server, plane().dispatch).addIntent({
      ...{ run: id, person: 'bo', via: 'page', roles: ['operator'], environment: 'prod' },
      ...{ signedInAt: undefined, intent: { type: 'stop' } },
    });
    expect(await openIntents(pool, [id])).toMatchObject([{ id: intent, person: 'bo' }]);
    journal.answered({ id: intent, answer: '{"accepted":true}' });
    journal.append({ type: 'run.paused', reason: 'asked' });
    const outputs = partsOutputs(pool, () => claim, []);
    const output = outputs.sink.begin('a');
    output.write(Buffer.from('one'));
    await output.durable();
    output.write(Buffer.from('two'));
    await output.durable();
    await journal.close();
    expect(await outputs.source.size('outputs/a')).toBe(6);
    await releaseRun(pool, plane().dispatch, claim, { why: 'rests' });
    expect(await plane().store.run(id)).toMatchObject({ headSeq: 4, holder: undefined });
  }
  const worker = await addWorker(eu);
  const id = await created();
  await claimRun(eu, id, worker);
  for (const pool of [server, eu]) {
    const mine = await addWorker(eu);
    const run = await created();
    await claimRun(eu, run, mine);
    expect(await reaped(pool)).toContain(mine);
    expect((await plane().store.run(run))?.holder).toBeUndefined();
  }
});

async function reaped(pool: pg.Pool): Promise<readonly string[]> {
  let now = 0;
  const { dispatch } = plane();
  const reaper = new Reaper({ pool, dispatch, deadMs: 3_000, monotonic: () => now });
  const dead: string[] = [];
  for (; now < 9_000; now += 2_000) dead.push(...(await reaper.look()));
  return dead;
}

test('neither a worker nor a server changes what a run began with, or what an intent says', async () => {
  const { rows } = await plane().pool.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'runbook' AND table_name = 'run'`,
  );
  const both = ['holder', 'epoch', 'leg', 'changed_at'];
  const derived = [
    'head_seq',
    'head_hash',
    'status',
    'waiting_for',
    'current_step',
    'outcome',
    'summary',
  ];
  const may = new Map([
    [eu, [...both, ...derived, 'finished_at', 'trouble', 'failures']],
    [server, [...both, 'watched_until']],
  ]);
  expect(rows.length).toBeGreaterThan(20);
  for (const [pool, own] of may)
    for (const { name } of rows) {
      const sent = pool.query(`UPDATE runbook.run SET ${name} = ${name} WHERE false`);
      if (own.includes(name)) await sent;
      else await expect(sent, name).rejects.toThrow('permission denied');
    }
  for (const name of ['intent', 'roles', 'environment', 'digest', 'person', 'at_seq'])
    for (const pool of [eu, server])
      await expect(
        pool.query(`UPDATE runbook.run_intent SET ${name} = ${name} WHERE false`),
      ).rejects.toThrow('permission denied');
  for (const sql of [
    "UPDATE runbook.worker SET labels = '{dmz}'",
    "UPDATE runbook.worker SET login = 'rb_dmz'",
    "INSERT INTO runbook.worker (id, labels, program, replay, login) VALUES ('x', '{eu}', 'x', 1, 'rb_dmz')",
    "INSERT INTO runbook.login VALUES ('rb_eu', 'worker', '{*}')",
    'SELECT * FROM runbook.login',
    'DELETE FROM runbook.run_event',
    'UPDATE runbook.run_event SET line = line',
    "INSERT INTO runbook.run_intent (run_id, person, via, intent) VALUES ('x', 'x', 'x', '{}')",
  ])
    await expect(eu.query(sql), sql).rejects.toThrow('permission denied');
});

test('a worker sees and touches nothing of a run whose label its role does not have', async () => {
  const { id, journal, claim, worker } = await held();
  for (const event of someEvents(2)) journal.append(event);
  await journal.durable();
  await plane().pool.query(
    `INSERT INTO runbook.run_output VALUES ('${id}', 'outputs/a', 0, 'x');
     INSERT INTO runbook.run_live VALUES ('${id}', 1, now(), '{}');
     INSERT INTO runbook.run_change VALUES ('${id}', '{}');
     INSERT INTO runbook.run_intent (run_id, person, via, intent) VALUES ('${id}', 'bo', 'page', '{"type":"stop"}')`,
  );
  for (const table of ['run_event', 'run_output', 'run_live', 'run_change', 'run_intent']) {
    const sql = `SELECT FROM runbook.${table} WHERE run_id = $1`;
    expect((await dmz.query(sql, [id])).rowCount, table).toBe(0);
    expect((await eu.query(sql, [id])).rowCount, table).toBeGreaterThan(0);
  }
  const changes = [
    `UPDATE runbook.run SET status = 'finished' WHERE id = '${id}'`,
    `UPDATE runbook.run SET holder = NULL, epoch = epoch + 1 WHERE id = '${id}'`,
    `UPDATE runbook.run_output SET bytes = 'y' WHERE run_id = '${id}'`,
    `UPDATE runbook.run_intent SET done_at = now() WHERE run_id = '${id}'`,
    `UPDATE runbook.run_live SET at = now() WHERE run_id = '${id}'`,
    `DELETE FROM runbook.run_change WHERE run_id = '${id}'`,
    `UPDATE runbook.worker SET state = 'dead' WHERE id = '${worker}'`,
  ];
  for (const sql of changes) expect((await dmz.query(sql)).rowCount, sql).toBe(0);
  for (const sql of [
    line(id, 3, claim.epoch),
    `INSERT INTO runbook.run_output VALUES ('${id}', 'outputs/b', 0, 'x')`,
    `INSERT INTO runbook.run_change VALUES ('${id}', '{}') ON CONFLICT (run_id) DO UPDATE SET sign = excluded.sign`,
  ])
    await expect(dmz.query(sql), sql).rejects.toThrow('row-level security');
  expect(await claimRun(dmz, await created(), await addWorker(dmz, ['dmz']))).toBeUndefined();
  // Who shares one label with a dead worker cannot free the runs of the other.
  const both = await addWorker(any, ['eu', 'dmz']);
  expect(await reaped(dmz)).not.toContain(both);
  expect(await reaped(server)).toContain(both);
});

test('lines are written by the holder of a run, the next ones, under its epoch', async () => {
  const { id, journal, claim } = await held();
  for (const event of someEvents(2)) journal.append(event);
  await journal.durable();
  const { id: other } = await held(any);
  const free = await created();
  const refusals = [
    line(id, 999, claim.epoch),
    line(id, 3, claim.epoch),
    line(id, 3, Number(claim.epoch) + 1),
    line(other, 1, 1),
    line(free, 1, 0),
    `UPDATE runbook.run SET head_seq = 1, epoch = epoch - 1 WHERE id = '${id}'`,
    `UPDATE runbook.run SET status = 'finished', finished_at = now() WHERE id = '${free}'`,
    `UPDATE runbook.run SET waiting_for = 'gate' WHERE id = '${other}'`,
    `UPDATE runbook.run SET summary = '{}' WHERE id = '${other}'`,
    `UPDATE runbook.run SET summary = '{}' WHERE id = '${free}'`,
    `UPDATE runbook.run SET holder = (SELECT holder FROM runbook.run WHERE id = '${other}'), epoch = epoch + 1 WHERE id = '${free}'`,
    `UPDATE runbook.run SET holder = NULL WHERE id = '${other}'`,
    `WITH moved AS (UPDATE runbook.run SET head_seq = 9 WHERE id = '${id}') ${line(id, 9, claim.epoch)}`,
    `WITH moved AS (UPDATE runbook.run SET head_seq = 5 WHERE id = '${id}') ${line(id, 3, claim.epoch)}, ('${id}', 5, now(), 'run.paused', ${claim.epoch}, 'x')`,
    `WITH moved AS (UPDATE runbook.run SET head_seq = 4 WHERE id = '${id}') ${line(id, 3, claim.epoch)}, ('${id}', 4, now(), 'run.paused', 99, 'x')`,
  ];
  for (const sql of refusals)
    await expect(eu.query(sql), sql).rejects.toThrow(/^only its holder (moves a run on|writes)/);
  journal.append({ type: 'run.paused', reason: 'as before' });
  await journal.durable();
  expect((await plane().store.lines(id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('a worker whose labels its role does not have says so, and does not start', async () => {
  const announced = { id: 'wrong', labels: ['eu', 'dmz'], program: 'test', replay: 1, places: 100 };
  const lease = new Lease(eu, announced, { onLost: () => undefined });
  await expect(lease.start()).rejects.toThrow(
    'the database role of this worker may not take runs of eu, dmz',
  );
});

test('roles of an older control plane keep working, with any label, and lose what they do not need', async () => {
  await plane().pool.query('CREATE DATABASE older');
  const url = inDatabase(plane().url, 'older');
  const owner = openPool(url, 'test', 2);
  pools.push(owner);
  await migrateEngine(url);
  await migrate(owner, [FIRST, SERVED, POLICY, CHANGES]);
  await owner.query(`CREATE ROLE old_worker LOGIN PASSWORD 'x'; CREATE ROLE old_server LOGIN;
    GRANT USAGE ON SCHEMA runbook, dbos TO old_worker, old_server;
    GRANT SELECT, UPDATE ON runbook.run, runbook.worker TO old_worker, old_server;
    GRANT INSERT ON runbook.run TO old_server;
    GRANT INSERT ON runbook.run_event, runbook.worker TO old_worker;
    GRANT SELECT ON runbook.run_event TO old_worker;
    INSERT INTO runbook.runbook_text VALUES ('x', 'a', 'a.yaml', 'name: a');
    INSERT INTO runbook.run (id, runbook, text_sha256, environment, label, severity, started_by, source, replay, title)
      VALUES ('20261101-0000-a-aaaaaaaa', 'a', 'x', 'prod', 'eu', 'high', 'ada', 'cli', 1, 'A')`);
  const old = openPool(loginUrl(url, 'old_worker', 'x'), 'test of an old worker');
  pools.push(old);
  // A worker of before the upgrade goes on.
  const insert = `INSERT INTO runbook.worker (id, labels, program, replay) VALUES ('old', '{eu}', 'test', 1)`;
  await old.query(insert);
  await migrate(owner);
  await grantRoles(owner, []);
  expect((await owner.query('SELECT * FROM runbook.login ORDER BY role')).rows).toEqual([
    { role: 'old_server', kind: 'server', labels: ['*'] },
    { role: 'old_worker', kind: 'worker', labels: ['*'] },
  ]);
  const id = '20261101-0000-a-aaaaaaaa';
  const claim = await claimRun(old, id, 'old');
  if (claim === undefined) throw new Error('it was not claimed');
  const parts = { claim, writer: new Writer(old), onLost: () => undefined };
  const journal = new RowsJournal({ ...parts, clock: () => new Date() });
  for (const event of someEvents(2)) journal.append(event);
  await journal.durable();
  await expect(
    old.query("UPDATE runbook.run SET environment = 'staging' WHERE id = $1", [id]),
  ).rejects.toThrow('permission denied');
  // Labels that somebody has given are kept.
  await grantRoles(owner, [{ role: 'old_worker', kind: 'worker', labels: ['dmz'] }]);
  await grantRoles(owner, []);
  expect((await old.query('SELECT FROM runbook.run')).rowCount).toBe(0);
});

test('every process of a team adds months; only a server removes what has outlived its time', async () => {
  const [{ month } = { month: '' }] = (
    await plane().pool.query<{ month: string }>(
      "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYYMM') AS month",
    )
  ).rows;
  for (const role of [server, eu]) {
    await plane().pool.query(`DROP TABLE runbook.run_event_${month}`);
    expect(await addMonths(role)).toEqual([]);
    const made = await role.query('SELECT to_regclass($1) AS made', [`runbook.run_event_${month}`]);
    expect(made.rows).toEqual([{ made: `runbook.run_event_${month}` }]);
  }
  const dispatch = { forget: async () => 0 };
  await removeOutlived({ pool: server, dispatch }, RETENTION);
  await expect(removeOutlived({ pool: eu, dispatch }, RETENTION)).rejects.toThrow(
    'permission denied',
  );
  const engine = await openDispatch(loginUrl(plane().url, 'rb_server', 'x'));
  onTestFinished(() => engine.close());
  const tx = await server.connect();
  const leg = await engine.enqueue(tx, { id: 'any', label: 'eu', replay: 1, severity: 'high' });
  tx.release();
  const ofWorker = await openDispatch(loginUrl(plane().url, 'rb_eu', 'x'));
  onTestFinished(() => ofWorker.close());
  expect(await ofWorker.open([leg])).toEqual([{ leg, worker: undefined }]);
  await ofWorker.cancel([leg]);
  expect(await engine.forget(new Date(Date.now() + 1_000), 10)).toBeGreaterThan(0);
});
