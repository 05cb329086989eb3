import { PassThrough, Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { importRun, writeArchive } from '#run/store/archive.ts';
import { verifyRun } from '#run/store/verify-run.ts';
import { RunNews } from '#team/record/run-news.ts';
import { parkAfter } from '#team/work/held-run.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { teamStage, type WorkerProcess } from '../../support/team-stage.ts';

// At a time: the runs of most tests go to one worker; the others have a worker with a label of its own.
const stage = teamStage({ areConcurrent: true });
let shared: Promise<WorkerProcess> | undefined;
const sharedWorker = (): Promise<WorkerProcess> => {
  shared ??= stage().startWorker();
  return shared;
};

test.concurrent('a worker reads by itself up to the gate, and changes what a person confirmed', async () => {
  const { create, asks, send, answered, finished, changes, store } = stage();
  const run = await create();
  const worker = await sharedWorker();
  const { gate, awaited, findings } = await asks(run, 'gate');
  expect(findings).toHaveLength(1);
  expect(await store.run(run)).toMatchObject({
    ...{ status: 'waiting', waitingFor: 'gate', step: 'release', holder: worker.id },
  });
  const wrong = await send(run, { type: 'confirm', digest: 'x' }, awaited?.seq);
  expect((await answered(run, wrong)).verdict).toMatchObject({ code: 'not-confirmed' });
  const again = await asks(run, 'gate');
  const right = await send(
    run,
    { type: 'confirm', digest: gate?.digest ?? '' },
    again.awaited?.seq,
  );
  expect((await answered(run, right)).verdict).toEqual({ accepted: true });
  const view = await finished(run);
  expect(view.outcome).toBe('resolved');
  expect(await changes(run)).toBe(1);
  await vi.waitFor(async () =>
    expect(await store.run(run)).toMatchObject({
      status: 'finished',
      outcome: 'resolved',
      holder: undefined,
    }),
  );
  const events = await stage().records(run);
  const started = events[0]?.event;
  expect(started).toMatchObject({
    worker: { id: worker.id, label: 'eu', replay: 1 },
    operator: 'ada',
  });
  const confirmed = events.find(
    ({ event }) => event.type === 'gate.answered' && event.answer === 'confirmed',
  );
  expect(confirmed?.event).toMatchObject({ operator: 'grace' });
});

test.concurrent('a run of a team is exported, and imported elsewhere as any other', async () => {
  const { store } = stage();
  const [newest] = await vi.waitFor(async () => {
    const found = await store.runs({ state: 'finished', limit: 1 });
    expect(found).toHaveLength(1);
    return found;
  });
  const record = store.record(newest?.id ?? '');
  expect((await verifyRun(record)).flaws).toEqual([]);
  const archive = new PassThrough();
  const pieces: Buffer[] = [];
  archive.on('data', (piece: Buffer) => pieces.push(piece));
  await writeArchive(record, 'runbook 0', archive);
  const elsewhere = new MemoryStore();
  const imported = await importRun(elsewhere, Readable.from([Buffer.concat(pieces)]));
  expect(await imported.journal.bytes()).toEqual(await record.journal.bytes());
});

test.concurrent('a run that nobody answers is parked without an event, and wakes for an answer', async () => {
  const { create, asks, send, finished, store, pool, records } = stage();
  const run = await create({}, { label: 'parks' });
  await stage().startWorker({ holdMs: 100, labels: ['parks'] });
  const { awaited } = await asks(run, 'gate');
  await vi.waitFor(async () => expect((await store.run(run))?.holder).toBeUndefined());
  const before = await records(run);
  const sessions = await stage().patient.query(
    'SELECT 1 FROM pg_stat_activity WHERE application_name = $1',
    [`runbook/${run}`],
  );
  expect(sessions.rowCount).toBe(0);
  await store.look(run, { person: 'bo', via: 'page', ms: 60_000 });
  const fresh = await asks(run, 'gate', awaited?.seq);
  expect((await records(run))[before.length]?.event).toMatchObject({ type: 'run.resumed' });
  await vi.waitFor(async () =>
    expect((await records(run)).map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ type: 'run.watched', operator: 'bo', host: 'the page' }),
    ),
  );
  await send(run, { type: 'confirm', digest: fresh.gate?.digest ?? '' }, fresh.awaited?.seq);
  await finished(run);
  expect(pool.totalCount).toBeGreaterThan(0);
});

test.concurrent('a run is parked after the time of its environment, later with a reserved slot, and not while it is watched', async () => {
  const { create, asks, store } = stage();
  const [soon, watched] = [
    await create({}, { holdMs: 100, label: 'holds' }),
    await create({}, { holdMs: 100, label: 'holds' }),
  ];
  await store.look(watched, { person: 'bo', via: 'page', ms: 60_000 });
  const worker = await stage().startWorker({ holdMs: 600_000, labels: ['holds'] });
  await asks(soon, 'gate');
  await asks(watched, 'gate');
  await vi.waitFor(async () => expect((await store.run(soon))?.holder).toBeUndefined());
  expect((await store.run(watched))?.holder).toBe(worker.id);
  expect(parkAfter(100, [])).toBe(100);
  expect(parkAfter(100, ['db'])).toBe(1_800_000);
  expect(parkAfter(3_600_000, ['db'])).toBe(3_600_000);
  expect(parkAfter(0, ['db'])).toBe(0);
});

test.concurrent('answers to an earlier question, answers given twice, and commands of ones own are refused', async () => {
  const { create, asks, send, answered, finished, changes } = stage();
  const run = await create();
  await sharedWorker();
  const first = await asks(run, 'gate');
  const refresh = await send(run, { type: 'refresh' }, first.awaited?.seq);
  await answered(run, refresh);
  const second = await asks(run, 'gate', first.awaited?.seq);
  const confirm = { type: 'confirm', digest: second.gate?.digest ?? '' } as const;
  const late = await send(run, confirm, first.awaited?.seq);
  expect((await answered(run, late)).verdict).toMatchObject({ code: 'stale' });
  const unnamed = await send(run, confirm);
  expect((await answered(run, unnamed)).verdict).toMatchObject({ code: 'stale' });
  const own = await send(run, { type: 'adhoc', target: 'db', text: 'SELECT 1' });
  expect((await answered(run, own)).verdict).toMatchObject({ code: 'impossible' });
  // Whoever comes after the end of the run is told that it has finished.
  const both = await Promise.allSettled([
    send(run, confirm, second.awaited?.seq, 'ann'),
    send(run, confirm, second.awaited?.seq, 'bob'),
  ]);
  for (const it of both)
    if (it.status === 'rejected') expect(String(it.reason)).toContain('has finished');
  await finished(run);
  const sent = both.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  const verdicts = await Promise.all(sent.map(async (id) => (await answered(run, id)).verdict));
  expect(verdicts.filter((verdict) => verdict?.accepted)).toHaveLength(1);
  expect(await changes(run)).toBe(1);
});

/** Resolves with the kinds of all news of a run. */
async function kindsOfNews(run: string): Promise<readonly string[]> {
  const kinds: string[] = [];
  const { signal } = new AbortController();
  for await (const { kind } of new RunNews(stage().pool).of(run, 0, signal)) kinds.push(kind);
  return kinds;
}

test.concurrent('each of twelve confirmations at once is answered, also those that the end of the run overtook', async () => {
  const { create, asks, send, answered, finished, changes } = stage();
  const run = await create();
  await sharedWorker();
  const { gate, awaited } = await asks(run, 'gate');
  const confirm = { type: 'confirm', digest: gate?.digest ?? '' } as const;
  const heard = kindsOfNews(run);
  const all = await Promise.allSettled(
    Array.from({ length: 12 }, (_, at) => send(run, confirm, awaited?.seq, `p${at}`)),
  );
  await finished(run);
  const sent = all.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
  expect(sent.length).toBeGreaterThan(1);
  const verdicts = await Promise.all(sent.map(async (id) => (await answered(run, id)).verdict));
  // Who follows the run is told every answer before its end.
  const told = await heard;
  expect(told.at(-1)).toBe('end');
  expect(told.filter((kind) => kind === 'answer')).toHaveLength(sent.length);
  expect(verdicts.filter((verdict) => verdict?.accepted)).toHaveLength(1);
  for (const verdict of verdicts.filter((one) => one?.accepted === false))
    expect(verdict).toHaveProperty('reason', expect.stringMatching(/^p\d+ confirmed it$/));
  expect(await changes(run)).toBe(1);
});

test.concurrent('a worker refuses what its own policy does not allow, whatever the control plane took', async () => {
  const { create, asks, send, answered, finished, changes } = stage();
  const run = await create({}, { label: 'policy' });
  await stage().startWorker({
    labels: ['policy'],
    approval: [
      { environments: ['prod'], effect: 'change', roles: ['approver'], maxAuthAgeMs: 60_000 },
    ],
  });
  const { gate, awaited } = await asks(run, 'gate');
  const confirm = { type: 'confirm', digest: gate?.digest ?? '' } as const;
  const fresh = new Date();
  const refusals: [Parameters<typeof send>[4], string][] = [
    [{ roles: [], signedInAt: fresh }, 'You have no role there.'],
    [{ roles: ['viewer'], signedInAt: fresh }, 'You are a viewer.'],
    [{ roles: ['operator'], signedInAt: fresh }, 'needs the role approver. You are an operator.'],
    [{ roles: ['admin'], signedInAt: fresh }, 'You are an admin.'],
    [{ roles: ['approver'], signedInAt: undefined }, 'a person who has signed in, not a token'],
    [{ roles: ['approver'], signedInAt: new Date(0) }, 'a sign-in within the last 1 min'],
  ];
  for (const [by, reason] of refusals) {
    const sent = await send(run, confirm, awaited?.seq, 'eve', by);
    const { verdict } = await answered(run, sent);
    expect(verdict).toMatchObject({ accepted: false, code: 'not-allowed' });
    expect(verdict).toHaveProperty('reason', expect.stringContaining(reason));
  }
  const note = { type: 'note', text: 'x' } as const;
  const seen = await send(run, note, undefined, 'eve', { roles: ['viewer'], signedInAt: fresh });
  expect((await answered(run, seen)).verdict).toMatchObject({ code: 'not-allowed' });
  expect(await changes(run)).toBe(0);
  await send(run, confirm, awaited?.seq);
  await finished(run);
  expect(await changes(run)).toBe(1);
});

test.concurrent('a runbook that the worker does not have is not run, and its trouble is shown', async () => {
  const { create, store, records } = stage();
  const text = 'name: stuck-orders\ntitle: Another\nsummary: x\nsteps: []\n';
  const run = await create({}, { text });
  await sharedWorker();
  await vi.waitFor(async () =>
    expect((await store.run(run))?.trouble).toContain('does not have this version of the runbook'),
  );
  expect(await records(run)).toEqual([]);
  expect((await store.run(run))?.failures).toBeGreaterThan(0);
});

test.concurrent('a run goes to a worker with its label, and to no other', async () => {
  const { create, asks, store } = stage();
  const eu = await create({}, { label: 'emea' });
  const dmz = await create({}, { label: 'dmz' });
  const first = await stage().startWorker({ labels: ['emea'] });
  await asks(eu, 'gate');
  expect(await store.run(dmz)).toMatchObject({ status: 'queued', holder: undefined });
  const second = await stage().startWorker({ labels: ['dmz'] });
  await asks(dmz, 'gate');
  expect((await store.run(eu))?.holder).toBe(first.id);
  expect((await store.run(dmz))?.holder).toBe(second.id);
});

test.concurrent('a run of another replay is not taken', async () => {
  const { create, asks, store } = stage();
  const run = await create({}, { replay: 2 });
  const other = await create();
  await sharedWorker();
  await asks(other, 'gate');
  expect(await store.run(run)).toMatchObject({
    ...{ status: 'queued', failures: 0 },
    trouble: expect.stringContaining('has replay version 2, with which the run began'),
  });
});

test.concurrent('a worker that drains parks what waits and leaves the control plane in order', async () => {
  const { create, asks, store } = stage();
  const run = await create({}, { label: 'drains' });
  const worker = await stage().startWorker({ labels: ['drains'] });
  await asks(run, 'gate');
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect((await store.run(run))?.holder).toBeUndefined();
  expect((await store.workers()).map(({ id }) => id)).not.toContain(worker.id);
});

test.concurrent('no secret of the worker reaches the control plane', async () => {
  const { create, asks, send, finished, pool, patientUrl } = stage();
  const run = await create();
  await sharedWorker();
  const { gate, awaited } = await asks(run, 'gate');
  await send(run, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
  await finished(run);
  const password = new URL(patientUrl).password;
  expect(password.length).toBeGreaterThan(8);
  const forms = [
    password,
    Buffer.from(password).toString('base64'),
    encodeURIComponent(patientUrl),
  ];
  const tables = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('runbook', 'dbos')`,
  );
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ text: string | null }>(
      `SELECT string_agg(t::text, '') AS text FROM ${name} AS t`,
    );
    for (const form of forms) expect(rows[0]?.text ?? '', name).not.toContain(form);
  }
});

test.concurrent('an answer given before the run asks is refused, and one given while nobody has it counts', async () => {
  const { create, asks, send, answered, changes, finished } = stage();
  const run = await create({}, { label: 'early' });
  const confirm = { type: 'confirm', digest: 'x' } as const;
  const early = await send(run, confirm, 10);
  await stage().startWorker({ labels: ['early'], holdMs: 100 });
  expect((await answered(run, early)).verdict).toMatchObject({ accepted: false, code: 'stale' });
  const { gate, awaited } = await asks(run, 'gate');
  await vi.waitFor(async () => expect((await stage().store.run(run))?.holder).toBeUndefined());
  // The gate of a parked run is put again, with rows that were read again, before it is answered.
  const parked = await send(run, { ...confirm, digest: gate?.digest ?? '' }, awaited?.seq);
  expect((await answered(run, parked)).verdict).toEqual({ accepted: true });
  await finished(run);
  expect(await changes(run)).toBe(1);
});
