import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { STUCK_ORDERS } from '../../fixtures/team-books.ts';
import { confirmIntent } from '../../support/confirm-intent.ts';
import { teamStage, type WorkerProcess } from '../../support/team-stage.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

// Each test has a label of its own: the workers of one take no run of another.
const stage = teamStage({ areConcurrent: true });

/** Kills a worker and has the others know it. */
async function kill(worker: WorkerProcess): Promise<void> {
  worker.child.kill('SIGKILL');
  await worker.exited;
  await stage().bury(worker);
}

/** The lease of a worker that is stopped for so long that it may start no change. */
const SHORT = { beatMs: 200, giveUpMs: 5_000, deadMs: 60_000 };

/** Confirms the gate that is open and resolves with what it was. */
async function confirmed(run: string) {
  const { gate, awaited } = await stage().asks(run, 'gate');
  const intent = confirmIntent(gate);
  return { intent, seq: awaited?.seq, sent: await stage().send(run, intent, awaited?.seq) };
}

const started = async (run: string, step: string) =>
  (await stage().records(run)).filter(
    ({ event }) => event.type === 'step.started' && event.step === step && event.part === 'action',
  );

test.concurrent('a worker that is killed in a read has it read again by another', async () => {
  // The only test that waits for a lease to end by itself.
  const told = { labels: ['read'], times: { beatMs: 200, giveUpMs: 3_000, deadMs: 6_000 } };
  const workers = await Promise.all([stage().startWorker(told), stage().startWorker(told)]);
  const run = await stage().create({ read_seconds: '1' }, { label: 'read' });
  await vi.waitFor(async () => expect(await started(run, 'count')).toHaveLength(1));
  const holder = (await stage().store.run(run))?.holder;
  const [first, second] = workers[0]?.id === holder ? workers : workers.toReversed();
  if (first === undefined || second === undefined) throw new Error('no workers');
  first.child.kill('SIGKILL');
  await stage().asks(run, 'gate');
  expect((await stage().store.run(run))?.holder).toBe(second.id);
  expect(await started(run, 'count')).toHaveLength(2);
  const resumed = (await stage().records(run)).find(({ event }) => event.type === 'run.resumed');
  expect(resumed?.event).toMatchObject({
    ...{ operator: 'ada', worker: { id: second.id } },
    interrupted: { step: 'count', part: 'action', effect: 'read' },
  });
});

test.concurrent('an answer to the gate of a killed worker counts for the same gate, put again', async () => {
  const run = await stage().create({}, { label: 'gate' });
  const first = await stage().startWorker({ labels: ['gate'] });
  await stage().asks(run, 'gate');
  const second = stage().startWorker({ labels: ['gate'] });
  await kill(first);
  const { sent } = await confirmed(run);
  await second;
  expect((await stage().answered(run, sent)).verdict).toEqual({ accepted: true });
  await stage().finished(run);
  expect(await stage().changes(run)).toBe(1);
});

test.concurrent('an answer to the gate of a killed worker is refused if the gate shows other rows now', async () => {
  const text = STUCK_ORDERS.replace(
    "SELECT name FROM locks WHERE name = 'shipper'",
    "SELECT name FROM locks UNION ALL SELECT run FROM released WHERE run = concat('seen ', ${{ run.id }}::text)",
  );
  const book = join(temporaryFolder(), 'stuck-orders.yaml');
  writeFileSync(book, text);
  const run = await stage().create({}, { label: 'rows', text });
  const first = await stage().startWorker({ labels: ['rows'], books: [book] });
  const before = await stage().asks(run, 'gate');
  await kill(first);
  const { sent } = await confirmed(run);
  await stage().patient.query('INSERT INTO released (run) VALUES ($1)', [`seen ${run}`]);
  await stage().startWorker({ labels: ['rows'], books: [book] });
  expect((await stage().answered(run, sent)).verdict).toMatchObject({ code: 'stale' });
  const after = await stage().asks(run, 'gate', before.awaited?.seq);
  expect(after.gate?.digest).not.toBe(before.gate?.digest);
  expect(await stage().changes(run)).toBe(0);
});

test.concurrent('an answer that waited through an outage is refused, and the gate is put again', async () => {
  const run = await stage().create({}, { label: 'old' });
  const first = await stage().startWorker({ labels: ['old'] });
  const before = await stage().asks(run, 'gate');
  await kill(first);
  const { sent } = await confirmed(run);
  await stage().pool.query(
    "UPDATE runbook.run_intent SET created_at = created_at - interval '3 min' WHERE id = $1",
    [sent],
  );
  await stage().startWorker({ labels: ['old'] });
  expect((await stage().answered(run, sent)).verdict).toMatchObject({ code: 'stale' });
  await stage().asks(run, 'gate', before.awaited?.seq);
  expect(await stage().changes(run)).toBe(0);
});

// A server notices itself that a process was killed; the session of a stopped one has to be ended.
test.concurrent.each(['SIGSTOP', 'SIGKILL'] as const)(
  'a change whose worker got %s is rolled back, asked about, and not run again by itself',
  async (signal) => {
    const run = await stage().create({ change_seconds: '60' }, { label: signal });
    const first = await stage().startWorker({ labels: [signal] });
    await confirmed(run);
    const active = () =>
      stage().patient.query(
        `SELECT pid FROM pg_stat_activity
          WHERE application_name = $1 AND state = 'active' AND query LIKE 'INSERT%'`,
        [`runbook/${run}`],
      );
    await vi.waitFor(async () => expect((await active()).rowCount).toBe(1));
    const { pid } = (await active()).rows[0] as { pid: number };
    first.child.kill(signal);
    await Promise.all([stage().startWorker({ labels: [signal] }), stage().bury(first)]);
    const { awaited } = await stage().asks(run, 'unknown');
    // What it had begun is gone before the question is asked.
    expect((await active()).rowCount).toBe(0);
    const resumed = (await stage().records(run)).findLast(
      ({ event }) => event.type === 'run.resumed',
    );
    expect(resumed?.event).toMatchObject({ interrupted: { step: 'release', effect: 'change' } });
    if (signal === 'SIGSTOP')
      expect(resumed?.event).toMatchObject({
        cleared: [{ target: 'db', session: pid, state: 'active' }],
      });
    expect(await started(run, 'release')).toHaveLength(1);
    const recheck = await stage().send(run, { type: 'recheck' }, awaited?.seq);
    expect((await stage().answered(run, recheck)).verdict).toEqual({ accepted: true });
    expect(await stage().changes(run)).toBe(0);
    expect(await started(run, 'release')).toHaveLength(1);
  },
  120_000,
);

test.concurrent('a worker that is stopped before a change makes none when it wakes, and exits with 86', async () => {
  const seams = ['before-durable', 'before-check', 'after-check'];
  const taker = stage().startWorker({ labels: ['takes the stopped'] });
  const stopped = await Promise.all(
    seams.map(async (seam) => {
      const run = await stage().create({}, { label: seam });
      const first = await stage().startWorker({
        labels: [seam],
        stopAt: `${seam} release`,
        times: SHORT,
      });
      await confirmed(run);
      await first.says('seam', { seam, step: 'release' });
      await stage().bury(first, 'takes the stopped');
      return { run, first, since: performance.now() };
    }),
  );
  const second = await taker;
  const stoppedFor = async ({ run, first, since }: (typeof stopped)[number]) => {
    const { awaited } = await stage().asks(run, 'unknown');
    expect((await stage().store.run(run))?.holder).toBe(second.id);
    const lines = (await stage().records(run)).length;
    // A person decides that it is to be run again, elsewhere.
    await stage().send(run, { type: 'retry' }, awaited?.seq);
    await confirmed(run);
    await stage().finished(run);
    expect(await stage().changes(run)).toBe(1);
    await vi.waitFor(() => expect(performance.now() - since).toBeGreaterThan(SHORT.giveUpMs));
    first.child.kill('SIGCONT');
    expect(await first.exited).toBe(86);
    expect(await stage().changes(run)).toBe(1);
    const { rows } = await stage().pool.query<{ epoch: string }>(
      'SELECT DISTINCT epoch FROM runbook.run_event WHERE run_id = $1 AND seq > $2',
      [run, lines],
    );
    expect(rows.map(({ epoch }) => epoch)).not.toContain('1');
  };
  await Promise.all(stopped.map(stoppedFor));
}, 120_000);

test.concurrent('a worker that is stopped in a change writes nothing when it wakes', async () => {
  const run = await stage().create({ change_seconds: '2' }, { label: 'stopped' });
  const first = await stage().startWorker({ labels: ['stopped'] });
  await confirmed(run);
  await first.says('seam', { seam: 'after-check', step: 'release' });
  await vi.waitFor(async () => {
    const { rowCount } = await stage().patient.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
      [`runbook/${run}`],
    );
    expect(rowCount).toBe(1);
  });
  first.child.kill('SIGSTOP');
  await vi.waitFor(async () => expect(await stage().changes(run)).toBe(1));
  await Promise.all([stage().startWorker({ labels: ['stopped'] }), stage().bury(first)]);
  const { awaited } = await stage().asks(run, 'unknown');
  first.child.kill('SIGCONT');
  expect(await first.exited).toBe(86);
  // The server had made the change meanwhile: looked at again, it is done.
  await stage().send(run, { type: 'recheck' }, awaited?.seq);
  await stage().finished(run);
  const events = await stage().records(run);
  const ends = events.filter(
    ({ event }) =>
      event.type === 'step.finished' && event.step === 'release' && event.part === 'action',
  );
  expect(ends).toHaveLength(0);
  expect(await stage().changes(run)).toBe(1);
}, 120_000);
