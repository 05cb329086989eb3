import { expect, onTestFinished, test, vi } from 'vitest';
import { Lease } from '#team/watch/lease.ts';
import { Reaper, sweep } from '#team/watch/reaper.ts';
import { claimRun } from '#team/work/claim.ts';
import { addWorker, controlPlane, queuedRun } from '../../support/control-plane.ts';

const plane = controlPlane();

/** A reaper with a clock that the test moves. */
function reaper(parts: Partial<ConstructorParameters<typeof Reaper>[0]> = {}) {
  const { pool, dispatch } = plane();
  let now = 0;
  const one = new Reaper({ pool, dispatch, deadMs: 10_000, monotonic: () => now, ...parts });
  const looks = async (ms: number) => {
    const dead: string[] = [];
    for (const end = now + ms; now < end; now += 2_000) dead.push(...(await one.look()));
    return dead;
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { looks, pass, look: () => one.look() };
}

const stateOf = async (worker: string) => {
  const sql = 'SELECT state FROM runbook.worker WHERE id = $1';
  return (await plane().pool.query<{ state: string }>(sql, [worker])).rows[0]?.state;
};
const legsOf = (id: string) => plane().dispatch.queued.filter((leg) => leg.id === id).length;
const beat = (worker: string) =>
  plane().pool.query('UPDATE runbook.worker SET beat_at = clock_timestamp() WHERE id = $1', [
    worker,
  ]);

test('the runs of a worker that was seen silent are given to others, under a new epoch', async () => {
  const { pool, store } = plane();
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  const claim = await claimRun(pool, id, worker);
  const before = legsOf(id);
  const { look, looks } = reaper();
  expect(await look()).toEqual([]);
  expect(await looks(20_000)).toContain(worker);
  expect(await stateOf(worker)).toBe('dead');
  const run = await store.run(id);
  expect(run?.holder).toBeUndefined();
  expect(BigInt(run?.epoch ?? 0)).toBeGreaterThan(BigInt(claim?.epoch ?? 0));
  expect(legsOf(id)).toBe(before + 1);
});

test('a worker that beats, and one whose silence this process did not see, live on', async () => {
  const worker = await addWorker(plane());
  const { looks, pass } = reaper();
  for (let round = 0; round < 5; round += 1) {
    await beat(worker);
    expect(await looks(8_000)).not.toContain(worker);
  }
  // This process was stopped: what happened meanwhile it did not see.
  pass(60_000);
  expect(await looks(8_000)).not.toContain(worker);
  expect(await stateOf(worker)).toBe('alive');
});

test('an outage of the control plane ends nobody', async () => {
  const { pool, dispatch } = plane();
  const worker = await addWorker(plane());
  let isOut = false;
  const flaky = {
    query: (...args: unknown[]) =>
      isOut ? Promise.reject(new Error('gone')) : pool.query(...(args as [string])),
    connect: () => pool.connect(),
  } as never;
  let now = 0;
  const one = new Reaper({ pool: flaky, dispatch, deadMs: 10_000, monotonic: () => now });
  for (; now < 8_000; now += 2_000) await one.look();
  isOut = true;
  for (; now < 30_000; now += 2_000) await expect(one.look()).rejects.toThrow('gone');
  isOut = false;
  for (const end = now + 8_000; now < end; now += 2_000)
    expect(await one.look()).not.toContain(worker);
  expect(await stateOf(worker)).toBe('alive');
});

test('of several reapers one takes the runs', async () => {
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  await claimRun(plane().pool, id, worker);
  const before = legsOf(id);
  const all = [reaper(), reaper(), reaper()];
  for (const one of all) await one.looks(8_000);
  for (const one of all) one.pass(3_000);
  const dead = await Promise.all(all.map((one) => one.look()));
  expect(dead.flat().filter((one) => one === worker)).toHaveLength(1);
  expect(legsOf(id)).toBe(before + 1);
});

test('a leg that was given to a dead worker and not begun is given to another', async () => {
  const { pool, dispatch } = plane();
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  const leg = dispatch.queued.findLast((one) => one.id === id)?.leg ?? '';
  const cancelled: string[] = [];
  const giving = {
    ...dispatch,
    givenTo: async (of: string) => (of === worker ? [leg] : []),
    cancel: async (legs: readonly string[]) => void cancelled.push(...legs),
  };
  const before = legsOf(id);
  const { looks } = reaper({ pool, dispatch: giving });
  expect(await looks(20_000)).toContain(worker);
  expect(legsOf(id)).toBe(before + 1);
  expect(cancelled).toContain(leg);
});

test('a run whose leg is gone, and that waits for nobody, gets another leg', async () => {
  const { pool, dispatch } = plane();
  const id = await queuedRun(plane());
  await pool.query("UPDATE runbook.run SET changed_at = now() - interval '1 hour' WHERE id = $1", [
    id,
  ]);
  const before = legsOf(id);
  await sweep({ pool, dispatch });
  expect(legsOf(id)).toBe(before);
  await sweep({ pool, dispatch: { ...dispatch, open: async () => [] } });
  expect(legsOf(id)).toBe(before + 1);
  await pool.query(
    "UPDATE runbook.run SET status = 'waiting', leg = NULL, changed_at = now() - interval '1 hour' WHERE id = $1",
    [id],
  );
  await sweep({ pool, dispatch: { ...dispatch, open: async () => [] } });
  expect(legsOf(id)).toBe(before + 1);
});

test('a leg that a worker was given is at work as long as that worker is there', async () => {
  const { pool, dispatch } = plane();
  const [there, dead] = [await addWorker(plane()), await addWorker(plane())];
  await pool.query("UPDATE runbook.worker SET state = 'dead' WHERE id = $1", [dead]);
  const givenTo = new Map<string, string>();
  const given = async (worker: string) => {
    const id = await queuedRun(plane());
    const leg = dispatch.queued.findLast((one) => one.id === id)?.leg ?? '';
    givenTo.set(leg, worker);
    await pool.query(
      "UPDATE runbook.run SET leg = $2, changed_at = now() - interval '1 hour' WHERE id = $1",
      [id, leg],
    );
    return id;
  };
  const [safe, lost] = [await given(there), await given(dead)];
  const before = [legsOf(safe), legsOf(lost)];
  const open = async (legs: readonly string[]) =>
    legs.map((leg) => ({ leg, worker: givenTo.get(leg) }));
  expect(await sweep({ pool, dispatch: { ...dispatch, open } })).toBe(1);
  expect([legsOf(safe), legsOf(lost)]).toEqual([before[0], (before[1] ?? 0) + 1]);
});

test('a run that is held by nobody who is there is freed, under a new epoch', async () => {
  const { pool, store, dispatch } = plane();
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  const claim = await claimRun(pool, id, worker);
  // The triggers refuse such a row; one of before them may be there.
  await pool.query(`BEGIN; SET LOCAL session_replication_role = replica;
    UPDATE runbook.worker SET state = 'dead' WHERE id = '${worker}'; COMMIT`);
  await pool.query("UPDATE runbook.run SET changed_at = now() - interval '1 hour' WHERE id = $1", [
    id,
  ]);
  const before = legsOf(id);
  await sweep({ pool, dispatch });
  const run = await store.run(id);
  expect(run?.holder).toBeUndefined();
  expect(BigInt(run?.epoch ?? 0)).toBe(BigInt(claim?.epoch ?? 0) + 1n);
  expect(legsOf(id)).toBe(before + 1);
  // What has changed just now may be between two hands.
  const young = await queuedRun(plane());
  await pool.query('UPDATE runbook.run SET leg = NULL WHERE id = $1', [young]);
  await sweep({ pool, dispatch });
  expect(legsOf(young)).toBe(1);
  await pool.query("UPDATE runbook.run SET changed_at = now() - interval '1 hour' WHERE id = $1", [
    young,
  ]);
  await sweep({ pool, dispatch });
  expect(legsOf(young)).toBe(2);
});

test('a lease holds while it is renewed, and is lost when the worker was declared dead', async () => {
  const { pool } = plane();
  const lost = vi.fn();
  const announced = { id: 'leased', labels: ['default'], program: 'test', replay: 1, places: 100 };
  const times = { beatMs: 20, giveUpMs: 10_000, deadMs: 20_000 };
  const lease = new Lease(pool, announced, { times, onLost: lost });
  await lease.start();
  lease.assert();
  await pool.query("UPDATE runbook.worker SET state = 'dead' WHERE id = 'leased'");
  await vi.waitFor(() => expect(lost).toHaveBeenCalledWith('it was declared dead'));
  expect(() => lease.assert()).toThrow('has not confirmed this worker');
  expect(lost).toHaveBeenCalledTimes(1);
});

test('a lease whose beats are not answered is given up, and then lost', async () => {
  const { pool } = plane();
  const lost = vi.fn();
  const silent = {
    query: (text: string, values: unknown[]) =>
      text.startsWith('UPDATE') ? new Promise(() => undefined) : pool.query(text, values),
  } as never;
  const announced = { id: 'silent', labels: ['default'], program: 'test', replay: 1, places: 100 };
  const times = { beatMs: 10, giveUpMs: 30, deadMs: 200 };
  const lease = new Lease(silent, announced, { times, onLost: lost });
  await lease.start();
  await vi.waitFor(() => expect(() => lease.assert()).toThrow('has not confirmed this worker'));
  await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1));
});

/** A lease whose clocks the test moves, and whose beats take as long as it says. */
async function movedLease() {
  const { pool } = plane();
  const clock = { monotonic: 0, wall: 0, takes: 0, beats: 0 };
  const [monotonic, wall] = [performance.now.bind(performance), Date.now];
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + clock.monotonic);
  vi.spyOn(Date, 'now').mockImplementation(() => wall() + clock.wall);
  onTestFinished(() => void vi.restoreAllMocks());
  const slow = {
    query: async (text: string, values: unknown[]) => {
      const answer = await pool.query(text, values);
      if (!text.includes('beat_at')) return answer;
      clock.monotonic += clock.takes;
      clock.wall += clock.takes;
      clock.beats += 1;
      return answer;
    },
  } as never;
  const id = `moved-${performance.now()}`;
  const announced = { id, labels: ['default'], program: 'test', replay: 1, places: 100 };
  // It beats for this test only when the clocks have been moved.
  const times = { beatMs: 20, giveUpMs: 10_000, deadMs: 1_000_000 };
  const lease = new Lease(slow, announced, { times, onLost: () => undefined });
  await lease.start();
  onTestFinished(() => lease.stop());
  return { lease, clock };
}

test.each(['monotonic', 'wall'] as const)(
  'the age of a lease is told by the clock that shows more, also if it is the %s one',
  async (which) => {
    const { lease, clock } = await movedLease();
    const { beats } = clock;
    await vi.waitFor(() => expect(clock.beats).toBeGreaterThan(beats));
    clock[which] += 60_000;
    expect(lease.ageMs).toBeGreaterThanOrEqual(60_000);
    expect(lease.notAfter).toBeLessThan(Date.now());
    expect(() => lease.assert()).toThrow('has not confirmed this worker');
    await vi.waitFor(() => lease.assert());
  },
);

test('the age of a lease counts from before the beat was sent, not from its answer', async () => {
  const { lease, clock } = await movedLease();
  clock.takes = 8_000;
  const { beats } = clock;
  await vi.waitFor(() => expect(clock.beats).toBeGreaterThan(beats + 1));
  expect(lease.ageMs).toBeGreaterThanOrEqual(8_000);
  clock.takes = 12_000;
  await vi.waitFor(() => expect(() => lease.assert()).toThrow('for 12'));
});

test('an answer that took long does not count as having seen a worker silent', async () => {
  const { pool, dispatch } = plane();
  const worker = await addWorker(plane());
  let now = 0;
  const slow = {
    connect: () => pool.connect(),
    query: async (sql: string) => {
      now += 6_000;
      return await pool.query(sql);
    },
  } as never;
  const one = new Reaper({ pool: slow, dispatch, deadMs: 10_000, monotonic: () => now });
  for (let look = 0; look < 8; look += 1) {
    expect(await one.look()).not.toContain(worker);
    now += 1_000;
  }
  expect(await stateOf(worker)).toBe('alive');
});

test('a worker that beats after the last look, before it is declared dead, lives on', async () => {
  const { pool, dispatch } = plane();
  const worker = await addWorker(plane());
  const id = await queuedRun(plane());
  await claimRun(pool, id, worker);
  let now = 0;
  const late = {
    connect: () => pool.connect(),
    query: async (sql: string) => {
      const answer = await pool.query(sql);
      if (now >= 12_000) await beat(worker);
      return answer;
    },
  } as never;
  const one = new Reaper({ pool: late, dispatch, deadMs: 10_000, monotonic: () => now });
  for (; now < 12_000; now += 2_000) expect(await one.look()).not.toContain(worker);
  expect(await one.look()).not.toContain(worker);
  expect(await stateOf(worker)).toBe('alive');
  expect((await plane().store.run(id))?.holder).toBe(worker);
});

test('a worker whose ID is taken does not start, and says what PostgreSQL said', async () => {
  const { pool } = plane();
  const announced = {
    id: await addWorker(plane()),
    labels: [],
    program: 'test',
    replay: 1,
    places: 100,
  };
  const lease = new Lease(pool, announced, { onLost: () => undefined });
  await expect(lease.start()).rejects.toThrow('duplicate key');
});
