import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { epochsOf, isChange, unasked, unconfirmed } from './team-invariants.ts';
import { answerAll } from './team-people.ts';
import type { TeamStage, WorkerProcess } from './team-stage.ts';

/** What a monkey did, and what came of it. */
export type Mischief = {
  readonly runs: number;
  readonly kills: number;
  readonly stops: number;
  /** How often PostgreSQL was killed and started again. */
  readonly outages: number;
  readonly resumes: number;
  readonly confirmations: number;
  readonly starts: number;
  readonly changes: number;
  readonly unknown: number;
  readonly stale: number;
  readonly violations: readonly string[];
};

/** Short leases: what is killed is found soon. */
const TIMES = { beatMs: 200, giveUpMs: 3_000, deadMs: 6_000 };

type Options = {
  readonly runs: number;
  readonly workers: number;
  /** How long workers are killed and stopped. */
  readonly ms: number;
  readonly everyMs: number;
  /** Whether PostgreSQL is killed as well; the patient must be apart from it. */
  readonly withOutages: boolean;
  /** The text of the runbook, and a file with it. */
  readonly text: string;
  readonly book: string;
  readonly random: () => number;
};

/**
 * Kills and stops workers while people answer what their runs ask; then lets all runs end and looks
 * for violations. Every change whose outcome is unknown is looked at again, and repeated by a person
 * if it was not made.
 */
export async function letMonkeyLoose(stage: TeamStage, options: Options): Promise<Mischief> {
  const { text, book, random, everyMs } = options;
  const label = 'monkey';
  const told = { labels: [label], books: [book], holdMs: 2_000, times: TIMES };
  const runs: string[] = [];
  const inputs = { read_seconds: '0.3', change_seconds: '1' };
  const creating = (async () => {
    for (let run = 0; run < options.runs; run += 1) {
      const created = await stage.create(inputs, { label, text }).catch(() => undefined);
      if (created !== undefined) runs.push(created);
      else run -= 1;
      await delay((options.ms * 0.8) / options.runs);
    }
  })();
  const alive: (WorkerProcess | undefined)[] = await Promise.all(
    Array.from({ length: options.workers }, () => stage.startWorker(told)),
  );
  let kills = 0;
  let stops = 0;
  let outages = 0;
  const over = new AbortController();
  const people = answerAll(stage, runs, over.signal);
  const replacing: Promise<void>[] = [];
  const replace = (at: number) => {
    replacing.push(
      stage.startWorker(told).then((worker) => {
        alive[at] = worker;
      }),
    );
  };
  for (const end = performance.now() + options.ms; performance.now() < end; ) {
    await delay(everyMs * (0.5 + random()));
    if (options.withOutages && random() < 0.08) {
      outages += 1;
      await stage.control.restart('immediate');
      continue;
    }
    const at = await victimOf(stage, alive, random);
    const victim = alive[at];
    if (victim === undefined) continue;
    if (random() < 0.6) {
      kills += 1;
      victim.child.kill('SIGKILL');
      replace(at);
    } else {
      stops += 1;
      await stop(victim, 9_000 * random());
      if (victim.child.exitCode !== null) replace(at);
    }
    alive[at] = undefined;
    if (victim.child.exitCode === null && victim.child.signalCode === null) alive[at] = victim;
  }
  await Promise.all(replacing);
  await creating;
  await vi.waitFor(
    async () => {
      for (const [at, worker] of alive.entries())
        if (worker === undefined || worker.child.exitCode !== null)
          alive[at] = await stage.startWorker(told);
      const open = (await stage.store.runs({ state: 'open', limit: 1_000 })).filter(({ id }) =>
        runs.includes(id),
      );
      expect(
        open.map(({ id, status, waitingFor, trouble }) => ({ id, status, waitingFor, trouble })),
      ).toEqual([]);
    },
    { timeout: 90_000, interval: 300 },
  );
  over.abort();
  const stale = await people;
  return { ...(await account(stage, runs)), runs: runs.length, kills, stops, outages, stale };
}

/** Prefers a worker that makes a change now. */
async function victimOf(
  { pool }: TeamStage,
  alive: readonly (WorkerProcess | undefined)[],
  random: () => number,
): Promise<number> {
  const { rows } = await pool
    .query<{ holder: string }>(
      `SELECT holder FROM runbook.run
       WHERE status = 'running' AND current_step = 'release' AND holder IS NOT NULL`,
    )
    .catch(() => ({ rows: [] }));
  const holder = rows[Math.floor(random() * rows.length)]?.holder;
  const at = alive.findIndex((worker) => worker !== undefined && worker.id === holder);
  return at === -1 ? Math.floor(random() * alive.length) : at;
}

/** Stops a process for a while. It ends by itself if that was longer than its lease. */
async function stop({ child }: WorkerProcess, ms: number): Promise<void> {
  child.kill('SIGSTOP');
  await delay(ms);
  child.kill('SIGCONT');
  await delay(500);
}

async function account(stage: TeamStage, runs: readonly string[]) {
  const total = { resumes: 0, confirmations: 0, starts: 0, changes: 0, unknown: 0 };
  const violations: string[] = [];
  for (const run of runs) {
    const records = await stage.records(run);
    const events = records.map(({ event }) => event);
    const confirmations = events.filter(
      (it) => it.type === 'gate.answered' && it.answer === 'confirmed',
    ).length;
    const starts = events.filter(isChange).length;
    const changes = await stage.changes(run);
    total.resumes += events.filter(({ type }) => type === 'run.resumed').length;
    total.unknown += events.filter(
      (it) => it.type === 'operator.awaited' && it.for === 'unknown',
    ).length;
    total.confirmations += confirmations;
    total.starts += starts;
    total.changes += changes;
    if (confirmations < starts)
      violations.push(`${run}: ${starts} starts, ${confirmations} confirmations`);
    if ((await stage.store.run(run))?.holder !== undefined)
      violations.push(`${run}: it is held, and has finished`);
    if (changes !== 1) violations.push(`${run}: ${changes} changes`);
    violations.push(
      ...(await epochsOf(stage, run)),
      ...unasked(run, events),
      ...unconfirmed(run, events),
    );
  }
  return { ...total, violations };
}
