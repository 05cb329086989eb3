import { expect, test, vi } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { teamStage } from '../../support/team-stage.ts';

// Each test has a label of its own: the workers of one take no run of another.
const stage = teamStage({ areConcurrent: true });

const kill = (worker: { child: { kill(signal: NodeJS.Signals): boolean } }) =>
  worker.child.kill('SIGKILL');

/** Confirms the gate that is open and resolves with what it was. */
async function confirmed(run: string) {
  const { gate, awaited } = await stage().asks(run, 'gate');
  const intent: Intent = { type: 'confirm', digest: gate?.digest ?? '' };
  return { intent, seq: awaited?.seq, sent: await stage().send(run, intent, awaited?.seq) };
}

const started = async (run: string, step: string) =>
  (await stage().records(run)).filter(
    ({ event }) => event.type === 'step.started' && event.step === step && event.part === 'action',
  );

test.concurrent('a worker that is killed in a read has it read again by another', async () => {
  const workers = [
    await stage().startWorker({ labels: ['read'] }),
    await stage().startWorker({ labels: ['read'] }),
  ];
  const run = await stage().create({ read_seconds: '1' }, { label: 'read' });
  await vi.waitFor(async () => expect(await started(run, 'count')).toHaveLength(1));
  const holder = (await stage().store.run(run))?.holder;
  const [first, second] = workers[0]?.id === holder ? workers : workers.toReversed();
  if (first === undefined || second === undefined) throw new Error('no workers');
  kill(first);
  await stage().asks(run, 'gate');
  expect((await stage().store.run(run))?.holder).toBe(second.id);
  expect(await started(run, 'count')).toHaveLength(2);
  const resumed = (await stage().records(run)).find(({ event }) => event.type === 'run.resumed');
  expect(resumed?.event).toMatchObject({
    ...{ operator: 'ada', worker: { id: second.id } },
    interrupted: { step: 'count', part: 'action', effect: 'read' },
  });
});

test.concurrent('an answer to the gate of a killed worker is refused; the gate is put again', async () => {
  const run = await stage().create({}, { label: 'gate' });
  const first = await stage().startWorker({ labels: ['gate'] });
  const before = await stage().asks(run, 'gate');
  await stage().startWorker({ labels: ['gate'] });
  kill(first);
  const { sent } = await confirmed(run);
  expect((await stage().answered(run, sent)).verdict).toMatchObject({ code: 'stale' });
  const after = await stage().asks(run, 'gate', before.awaited?.seq);
  expect(after.gate?.digest).toBe(before.gate?.digest);
  expect(await stage().changes(run)).toBe(0);
  await confirmed(run);
  await stage().finished(run);
  expect(await stage().changes(run)).toBe(1);
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
        "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
        [`runbook/${run}`],
      );
    await vi.waitFor(async () => expect((await active()).rowCount).toBe(1));
    const { pid } = (await active()).rows[0] as { pid: number };
    await stage().startWorker({ labels: [signal] });
    first.child.kill(signal);
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
  const stopped = await Promise.all(
    seams.map(async (seam) => {
      const run = await stage().create({}, { label: seam });
      const first = await stage().startWorker({ labels: [seam], stopAt: `${seam} release` });
      await confirmed(run);
      await first.says('seam', { seam, step: 'release' });
      return { run, first };
    }),
  );
  const second = await stage().startWorker({ labels: seams });
  for (const { run, first } of stopped) {
    const { awaited } = await stage().asks(run, 'unknown');
    expect((await stage().store.run(run))?.holder).toBe(second.id);
    const lines = (await stage().records(run)).length;
    // A person decides that it is to be run again, elsewhere.
    await stage().send(run, { type: 'retry' }, awaited?.seq);
    await confirmed(run);
    await stage().finished(run);
    expect(await stage().changes(run)).toBe(1);
    first.child.kill('SIGCONT');
    expect(await first.exited).toBe(86);
    expect(await stage().changes(run)).toBe(1);
    const { rows } = await stage().pool.query<{ epoch: string }>(
      'SELECT DISTINCT epoch FROM runbook.run_event WHERE run_id = $1 AND seq > $2',
      [run, lines],
    );
    expect(rows.map(({ epoch }) => epoch)).not.toContain('1');
  }
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
  await stage().startWorker({ labels: ['stopped'] });
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
