import { expect, test, vi } from 'vitest';
import { startSwitchingProxy } from '../support/switching-proxy.ts';
import { teamStage } from '../support/team-stage.ts';

const stage = teamStage();

/** Confirms the gate that is open. */
async function confirmed(run: string): Promise<void> {
  const { gate, awaited } = await stage().asks(run, 'gate');
  await stage().send(run, { type: 'confirm', digest: gate?.digest ?? '' }, awaited?.seq);
}

test('runs held while PostgreSQL is killed and restarted go on, and a change is made once', async () => {
  const runs = [await stage().create(), await stage().create({ change_seconds: '3' })];
  const [waiting = '', changing = ''] = runs;
  const worker = await stage().startWorker({
    times: { beatMs: 200, giveUpMs: 10_000, deadMs: 20_000 },
  });
  await confirmed(changing);
  await worker.says('seam', { seam: 'after-check', step: 'release' });
  await stage().control.restart('immediate');
  await stage().finished(changing);
  expect(await stage().changes(changing)).toBe(1);
  await confirmed(waiting);
  await vi.waitFor(async () => {
    const view = await stage().view(waiting);
    if (view?.awaited?.for === 'gate') await confirmed(waiting);
    expect(view?.status).toBe('finished');
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
  expect(events.filter((type) => type === 'step.started')).toHaveLength(2);
  expect(events).toContain('run.resumed');
  expect(events).not.toContain('step.finished');
}, 120_000);
