import { expect, test, vi } from 'vitest';
import { confirmIntent } from '../support/confirm-intent.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { startSwitchingProxy } from '../support/switching-proxy.ts';
import { epochsOf } from '../support/team-invariants.ts';
import { teamStage } from '../support/team-stage.ts';

const stage = teamStage({ arePatientAndControlApart: true });

/** Confirms the gate that is open. */
async function confirmed(run: string): Promise<void> {
  const { gate, awaited } = await stage().asks(run, 'gate');
  await stage().send(run, confirmIntent(gate), awaited?.seq);
}

test('runs held while PostgreSQL is killed and restarted go on, and a change is made once', async () => {
  const runs = [await stage().create(), await stage().create({ change_seconds: '3' })];
  const [waiting = '', changing = ''] = runs;
  const worker = await stage().startWorker({
    times: { beatMs: 200, giveUpMs: 10_000, deadMs: 20_000 },
  });
  await confirmed(changing);
  await worker.says('seam', { seam: 'after-check', step: 'release' });
  // What was not confirmed when PostgreSQL is killed loses its run: nothing is on its way.
  await stage().asks(waiting, 'gate');
  await vi.waitFor(async () => {
    const { rowCount } = await stage().patient.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
      [`runbook/${changing}`],
    );
    expect(rowCount).toBe(1);
  });
  await stage().control.restart('immediate');
  await stage().finished(changing);
  expect(await stage().changes(changing)).toBe(1);
  // A busy machine may cost the worker its lease once more: the gate is put again, or the outcome is.
  await vi.waitFor(async () => {
    const view = await stage().view(waiting);
    const { for: asked, seq } = view?.awaited ?? {};
    // Not by waiting for a gate: the run may have gone on since.
    if (asked === 'gate') await stage().send(waiting, confirmIntent(view?.gate), seq);
    if (asked === 'unknown') await stage().send(waiting, { type: 'recheck' }, seq);
    const seen = JSON.stringify({
      run: await stage().store.run(waiting),
      answers: (await stage().store.intents(waiting)).map(({ verdict }) => verdict),
      worker: { exit: worker.child.exitCode, said: worker.said.slice(-6) },
      events: (await stage().records(waiting)).slice(-6),
    });
    expect(view?.status, seen).toBe('finished');
  });
  expect(await stage().changes(waiting)).toBe(1);
}, 120_000);

test('a read whose worker is not confirmed any more is given up, and read again later', async () => {
  const control = new URL(stage().control.superuserUrl);
  const own = Number(control.port);
  const proxy = await startSwitchingProxy(own);
  const url = new URL(control);
  url.port = String(proxy.port);
  const run = await stage().create({ read_seconds: '60' }, { label: 'cut' });
  await stage().startWorker({
    ...{ labels: ['cut'], url: url.href },
    times: { beatMs: 100, giveUpMs: 1_000, deadMs: 60_000 },
  });
  const reading = async () => {
    const { rowCount } = await stage().patient.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
      [`runbook/${run}`],
    );
    return rowCount;
  };
  await vi.waitFor(async () => {
    expect(await reading()).toBe(1);
    // Nothing is left to be written: a write that fails would give the run up as well.
    expect((await stage().records(run)).at(-1)?.event.type).toBe('target.connected');
  });
  proxy.leadTo(1);
  const cutAt = performance.now();
  proxy.cut();
  await vi.waitFor(async () => expect(await reading()).toBe(0));
  // The read itself would have had 10 s.
  expect(performance.now() - cutAt).toBeLessThan(8_000);
  proxy.leadTo(own);
  await vi.waitFor(async () => expect(await reading()).toBe(1), { timeout: 60_000 });
  const events = (await stage().records(run)).map(({ event }) => event.type);
  // Twice; more often only where a busy machine costs the worker its short lease again.
  expect(events.filter((type) => type === 'step.started').length).toBeGreaterThan(1);
  expect(events).toContain('run.resumed');
  expect(events).not.toContain('step.finished');
}, 120_000);

test('a worker cut off from PostgreSQL in a change writes nothing more, and another asks about it', async () => {
  const control = new URL(stage().control.superuserUrl);
  const proxy = await startSilentProxy(Number(control.port));
  control.port = String(proxy.port);
  const run = await stage().create({ change_seconds: '60' });
  const times = { beatMs: 200, giveUpMs: 3_000, deadMs: 6_000 };
  const first = await stage().startWorker({ url: control.href, times });
  await confirmed(run);
  await first.says('seam', { seam: 'after-check', step: 'release' });
  const before = await stage().records(run);
  proxy.fallSilent();
  await Promise.all([stage().startWorker(), stage().bury(first)]);
  const { awaited } = await stage().asks(run, 'unknown');
  // Its statement was ended by the other, and its process ends by itself.
  expect(await stage().changes(run)).toBe(0);
  expect(await first.exited).toBe(86);
  const { rows } = await stage().pool.query<{ seq: number }>(
    'SELECT max(seq) AS seq FROM runbook.run_event WHERE run_id = $1 AND epoch = 1',
    [run],
  );
  expect(rows).toEqual([{ seq: before.length }]);
  await stage().send(run, { type: 'retry' }, awaited?.seq);
  await stage().asks(run, 'gate');
  expect(await epochsOf(stage(), run)).toEqual([]);
  expect(await stage().changes(run)).toBe(0);
}, 120_000);

test('a worker that leaves before it could release a run whose change was made strands nothing', async () => {
  const control = new URL(stage().control.superuserUrl);
  const own = Number(control.port);
  const proxy = await startSwitchingProxy(own);
  control.port = String(proxy.port);
  const label = 'leaves';
  const run = await stage().create({ change_seconds: '2' }, { label });
  const times = { beatMs: 200, giveUpMs: 30_000, deadMs: 60_000 };
  const first = await stage().startWorker({ url: control.href, labels: [label], times });
  await confirmed(run);
  await first.says('seam', { seam: 'after-check', step: 'release' });
  await vi.waitFor(async () => {
    const { rowCount } = await stage().patient.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'",
      [`runbook/${run}`],
    );
    expect(rowCount).toBe(1);
  });
  // The change ends while the control plane is out of reach: neither its end nor the release is written.
  proxy.leadTo(1);
  proxy.cut();
  await vi.waitFor(() =>
    expect(first.said.map(({ text = '' }) => text)).toContainEqual(
      expect.stringContaining(`${run} could not be released`),
    ),
  );
  expect(await stage().changes(run)).toBe(1);
  proxy.leadTo(own);
  first.child.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect((await stage().store.run(run))?.holder).toBeUndefined();
  await stage().startWorker({ labels: [label] });
  const { awaited } = await stage().asks(run, 'unknown');
  await stage().send(run, { type: 'recheck' }, awaited?.seq);
  await stage().finished(run);
  expect(await stage().changes(run)).toBe(1);
}, 120_000);
