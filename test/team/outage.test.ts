import { expect, test, vi } from 'vitest';
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
