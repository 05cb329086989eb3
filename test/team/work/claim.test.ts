import { expect, test, vi } from 'vitest';
import { RowsJournal } from '#team/record/journal.ts';
import { RunNews } from '#team/record/run-news.ts';
import { refuseLeftOpen } from '#team/record/unanswered.ts';
import { Reaper } from '#team/watch/reaper.ts';
import { claimRun, MOST_FAILURES, releaseRun } from '#team/work/claim.ts';
import { resolved } from '../../fixtures/pool-exhausted-log.ts';
import { addWorker, controlPlane, queuedRun } from '../../support/control-plane.ts';

const BO = {
  person: 'bo',
  via: 'page',
  roles: ['operator'],
  environment: 'prod',
  signedInAt: undefined,
} as const;

const plane = controlPlane();

async function claimed() {
  const { pool } = plane();
  const id = await queuedRun(plane());
  const worker = await addWorker(plane());
  const claim = await claimRun(pool, id, worker);
  if (claim === undefined) throw new Error('it was not claimed');
  return { id, worker, claim };
}

const legsOf = (id: string) => plane().dispatch.queued.filter((leg) => leg.id === id).length;

test('of several workers one gets a run, and no epoch is given twice', async () => {
  const { pool, dispatch } = plane();
  const id = await queuedRun(plane());
  const workers = await Promise.all(Array.from({ length: 8 }, () => addWorker(plane())));
  const epochs: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const claims = await Promise.all(workers.map((worker) => claimRun(pool, id, worker)));
    const won = claims.filter((claim) => claim !== undefined);
    expect(won).toHaveLength(1);
    const [claim] = won;
    if (claim === undefined) return;
    epochs.push(claim.epoch);
    await releaseRun(pool, dispatch, claim, { why: 'rests' });
  }
  expect(new Set(epochs).size).toBe(epochs.length);
});

test('a run that rests gets a leg when somebody answers it, one leg for several answers', async () => {
  const { pool, dispatch, store } = plane();
  const { id, claim } = await claimed();
  await releaseRun(pool, dispatch, claim, { why: 'rests' });
  const before = legsOf(id);
  const add = () => store.addIntent({ ...BO, run: id, intent: { type: 'note', text: 'hi' } });
  await add();
  await add();
  expect(legsOf(id)).toBe(before + 1);
  expect(await store.intents(id)).toHaveLength(2);
});

test('an intent that came while the run was released is not forgotten', async () => {
  const { pool, dispatch, store } = plane();
  const { id, claim } = await claimed();
  const before = legsOf(id);
  await store.addIntent({ ...BO, run: id, intent: { type: 'stop' } });
  expect(legsOf(id)).toBe(before);
  await releaseRun(pool, dispatch, claim, { why: 'rests' });
  expect(legsOf(id)).toBe(before + 1);
  expect(dispatch.queued.findLast((leg) => leg.id === id)?.isAwaited).toBe(true);
});

test('a stale claim releases nothing', async () => {
  const { pool, dispatch, store } = plane();
  const { id, claim, worker } = await claimed();
  await releaseRun(pool, dispatch, claim, { why: 'rests' });
  const second = await claimRun(pool, id, worker);
  await releaseRun(pool, dispatch, claim, { why: 'lost' });
  expect((await store.run(id))?.holder).toBe(worker);
  expect(second?.epoch).not.toBe(claim.epoch);
});

test('a leg that fails is tried again with its trouble shown, and not for ever', async () => {
  const { pool, dispatch, store } = plane();
  const { id, worker, claim } = await claimed();
  const first = legsOf(id);
  let next: typeof claim | undefined = claim;
  for (let failed = 1; failed <= MOST_FAILURES; failed += 1) {
    if (next === undefined) throw new Error('it was not claimed');
    await releaseRun(pool, dispatch, next, {
      why: 'failed',
      trouble: 'the runbook is unknown here',
    });
    next = await claimRun(pool, id, worker);
  }
  expect(legsOf(id)).toBe(first + MOST_FAILURES - 1);
  expect(await store.run(id)).toMatchObject({
    trouble: 'the runbook is unknown here',
    failures: MOST_FAILURES,
  });
  // What rests by itself waits for a person.
  await pool.query("UPDATE runbook.run SET status = 'waiting' WHERE id = $1", [id]);
  if (next !== undefined) await releaseRun(pool, dispatch, next, { why: 'rests' });
  expect(await store.run(id)).toMatchObject({ trouble: undefined, failures: 0 });
});

test('the pause before a failed leg doubles, from a second to five minutes', async () => {
  const { pool, dispatch } = plane();
  const { id, worker, claim } = await claimed();
  let next: typeof claim | undefined = claim;
  for (let failed = 1; failed < MOST_FAILURES; failed += 1) {
    if (next === undefined) throw new Error('it was not claimed');
    await releaseRun(pool, dispatch, next, { why: 'failed', trouble: 'x' });
    next = await claimRun(pool, id, worker);
  }
  const pauses = dispatch.queued.flatMap((leg) => (leg.id === id ? (leg.delaySeconds ?? []) : []));
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
});

test('a run that was lost gets a leg, and keeps its trouble; one that rests gets none', async () => {
  const { pool, dispatch, store } = plane();
  const { id, worker, claim } = await claimed();
  await releaseRun(pool, dispatch, claim, { why: 'failed', trouble: 'the disk is full' });
  const before = legsOf(id);
  const second = await claimRun(pool, id, worker);
  if (second === undefined) throw new Error('it was not claimed');
  await releaseRun(pool, dispatch, second, { why: 'lost' });
  expect(legsOf(id)).toBe(before + 1);
  expect(dispatch.queued.findLast((leg) => leg.id === id)?.isAwaited).toBe(false);
  expect(await store.run(id)).toMatchObject({ trouble: 'the disk is full', failures: 1 });
  const third = await claimRun(pool, id, worker);
  if (third === undefined) throw new Error('it was not claimed');
  await releaseRun(pool, dispatch, third, { why: 'rests' });
  expect(legsOf(id)).toBe(before + 1);
});

test('a claim says what the run is, and how far apart the clocks are', async () => {
  const { claim, worker } = await claimed();
  expect(claim).toMatchObject({
    ...{ worker, runbook: 'waits', environment: 'prod', label: 'default', mode: 'live' },
    ...{ severity: 'high', inputs: {}, startedBy: 'ada', source: 'cli', replay: 1 },
    ...{ failures: 0, holdMs: undefined, textSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(Math.abs(claim.skewMs)).toBeLessThan(60_000);
});

/** A run whose gate was confirmed, and that has finished before its worker saw the other answers. */
async function overtaken() {
  const { store, writer } = plane();
  const { id, worker, claim } = await claimed();
  const asked = resolved.events.find(
    ({ event }) => event.type === 'operator.awaited' && event.for === 'gate',
  );
  const confirm = { type: 'confirm', digest: 'x' } as const;
  await store.addIntent({ ...BO, run: id, intent: confirm, atSeq: asked?.seq });
  await store.addIntent({ ...BO, run: id, intent: { type: 'note', text: 'x' } });
  await store.look(id, { person: 'cy', via: 'page', ms: 1 });
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  for (const { event } of resolved.events) journal.append(event);
  await journal.close();
  return { id, worker, claim };
}

test.each(['release', 'reap'])(
  'what the end of a run overtook is answered by its %s, and told before its end',
  async (how) => {
    const { pool, dispatch, store } = plane();
    const { id, worker, claim } = await overtaken();
    const told: string[] = [];
    const following = (async () => {
      const { signal } = new AbortController();
      for await (const { kind } of new RunNews(pool).of(id, 0, signal)) told.push(kind);
    })();
    await vi.waitFor(() => expect(told).toContain('line'));
    if (how === 'release') await releaseRun(pool, dispatch, claim, { why: 'rests' });
    else {
      let now = 0;
      const reaper = new Reaper({ pool, dispatch, deadMs: 3_000, monotonic: () => now });
      while (!(await reaper.look()).includes(worker)) now += 2_000;
      // A server may not answer: a worker does, with its next look at what it holds.
      await refuseLeftOpen(pool);
    }
    await following;
    expect((await store.intents(id)).map(({ verdict }) => verdict)).toEqual([
      { accepted: false, code: 'ended', reason: expect.stringContaining('confirmed it') },
      {
        ...{ accepted: false, code: 'ended', reason: 'the run has finished' },
        why: { kind: 'finished' },
      },
    ]);
    expect(told.slice(-3)).toEqual(['answer', 'answer', 'end']);
  },
);
