import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { STUCK_ORDERS } from '../../fixtures/team-books.ts';
import { teamStage } from '../../support/team-stage.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const stage = teamStage();

/** A change without anything of its run in it: in two runs it is the same. */
const SAME = STUCK_ORDERS.replace('SELECT ${{ run.id }}, pg_sleep', "SELECT 'both', pg_sleep")
  .replace('WHERE run = ${{ run.id }}', "WHERE run = 'both'")
  .replace('SELECT name FROM locks', 'SELECT name, pg_backend_pid() AS reader FROM locks');

/** Confirms the gate that is open, and resolves with the verdict. */
async function confirm(run: string) {
  const { gate, awaited } = await stage().asks(run, 'gate');
  const intent = { type: 'confirm', digest: gate?.digest ?? '' } as const;
  return { awaited, sent: await stage().send(run, intent, awaited?.seq) };
}

test('runs of one control plane on two workers name each other, and only one is at work', async () => {
  const book = join(temporaryFolder(), 'stuck-orders.yaml');
  writeFileSync(book, SAME);
  const inputs = { change_seconds: '30' };
  const start = async (label: string, held: { readonly holdMs?: number } = {}) => {
    const run = await stage().create(inputs, { label, text: SAME });
    const worker = await stage().startWorker({ labels: [label], books: [book], ...held });
    await stage().asks(run, 'gate');
    return { run, worker };
  };
  const one = await start('one', { holdMs: 3_000 });
  // A parked run still is at its gate.
  await vi.waitFor(async () => expect((await stage().store.run(one.run))?.holder).toBeUndefined());
  const other = await start('other');
  await vi.waitFor(async () =>
    expect((await stage().view(other.run))?.gate?.others?.runs).toMatchObject([
      { run: one.run, same: true, atWork: false },
    ]),
  );
  await stage().send(
    one.run,
    { type: 'refresh' },
    (await stage().asks(one.run, 'gate')).awaited?.seq,
  );
  await vi.waitFor(async () =>
    expect((await stage().view(one.run))?.gate?.others?.runs).toMatchObject([{ run: other.run }]),
  );
  await confirm(one.run);
  await vi.waitFor(async () => expect((await stage().view(one.run))?.status).toBe('running'));
  const { sent } = await confirm(other.run);
  const { verdict } = await stage().answered(other.run, sent);
  expect(verdict).toMatchObject({ accepted: false, code: 'not-confirmed' });
  expect((await stage().view(other.run))?.gate?.others?.runs).toMatchObject([
    { run: one.run, operator: 'grace', same: true, atWork: true },
  ]);
  one.worker.child.kill('SIGKILL');
  await one.worker.exited;
  await stage().bury(one.worker);
  const again = await confirm(other.run);
  expect((await stage().answered(other.run, again.sent)).verdict).toEqual({ accepted: true });
}, 60_000);
