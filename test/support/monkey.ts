import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { TeamStage, WorkerProcess } from './team-stage.ts';

/** What a monkey did, and what came of it. */
export type Mischief = {
  readonly runs: number;
  readonly kills: number;
  readonly stops: number;
  readonly resumes: number;
  readonly confirmations: number;
  readonly starts: number;
  readonly changes: number;
  readonly unknown: number;
  readonly stale: number;
  readonly violations: readonly string[];
};

type Options = {
  readonly runs: number;
  readonly workers: number;
  /** How long workers are killed and stopped. */
  readonly ms: number;
  readonly everyMs: number;
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
  const told = { labels: [label], books: [book], holdMs: 2_000 };
  const runs: string[] = [];
  const inputs = { read_seconds: '0.3', change_seconds: '1' };
  const creating = (async () => {
    for (let run = 0; run < options.runs; run += 1) {
      runs.push(await stage.create(inputs, { label, text }));
      await delay((options.ms * 0.8) / options.runs);
    }
  })();
  const alive: (WorkerProcess | undefined)[] = await Promise.all(
    Array.from({ length: options.workers }, () => stage.startWorker(told)),
  );
  let kills = 0;
  let stops = 0;
  const over = new AbortController();
  const people = answer(stage, runs, over.signal);
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
  return { ...(await account(stage, runs)), runs: runs.length, kills, stops, stale };
}

/** Prefers a worker that makes a change now. */
async function victimOf(
  { pool }: TeamStage,
  alive: readonly (WorkerProcess | undefined)[],
  random: () => number,
): Promise<number> {
  const { rows } = await pool.query<{ holder: string }>(
    `SELECT holder FROM runbook.run
     WHERE status = 'running' AND current_step = 'release' AND holder IS NOT NULL`,
  );
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

/** Answers every question of the runs, as people would; resolves with the number of refused answers. */
async function answer(
  stage: TeamStage,
  runs: readonly string[],
  over: AbortSignal,
): Promise<number> {
  const people = new People(stage);
  while (!over.aborted) {
    const open = await stage.store.runs({ state: 'open', limit: 1_000 }).catch(() => []);
    for (const { id, status } of open)
      if (status === 'waiting' && runs.includes(id)) await people.answer(id);
    await delay(100);
  }
  const intents = await Promise.all(runs.map((run) => stage.store.intents(run)));
  return intents.flat().filter(({ verdict }) => verdict?.accepted === false).length;
}

/** People who answer each question once. */
class People {
  readonly #stage: TeamStage;
  readonly #answered = new Map<string, number>();
  readonly #rechecked = new Set<string>();

  constructor(stage: TeamStage) {
    this.#stage = stage;
  }

  async answer(run: string): Promise<void> {
    const view = await this.#stage.view(run).catch(() => undefined);
    if (view?.awaited === undefined || this.#answered.get(run) === view.awaited.seq) return;
    const { seq } = view.awaited;
    this.#answered.set(run, seq);
    await this.#stage.send(run, this.#intent(run, view), seq).catch(() => {
      this.#answered.delete(run);
    });
  }

  /** What is unknown is looked at again, and repeated if it was not made. */
  #intent(run: string, { awaited, gate }: RunView): Intent {
    if (awaited?.for === 'gate') return { type: 'confirm', digest: gate?.digest ?? '' };
    if (awaited?.can.includes('recheck') === true && !this.#rechecked.has(run)) {
      this.#rechecked.add(run);
      return { type: 'recheck' };
    }
    this.#rechecked.delete(run);
    return { type: 'retry' };
  }
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
    const starts = events.filter(isStart).length;
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
    if (changes !== 1) violations.push(`${run}: ${changes} changes`);
    violations.push(...(await epochsOf(stage, run)), ...unasked(run, events));
  }
  return { ...total, violations };
}

const isStart = (event: RecordedEvent['event']) =>
  event.type === 'step.started' && event.step === 'release' && event.part === 'action';

async function epochsOf({ pool }: TeamStage, run: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ seq: number }>(
    `SELECT seq FROM (SELECT seq, epoch, lag(epoch) OVER (ORDER BY seq) AS before
     FROM runbook.run_event WHERE run_id = $1) AS lines WHERE epoch < before`,
    [run],
  );
  return rows.map(({ seq }) => `${run}: line ${seq} follows a later epoch`);
}

/** Between the start of a change and the next gate stands its end, or the question about it. */
function unasked(run: string, events: readonly RecordedEvent['event'][]): readonly string[] {
  let isOpen = false;
  for (const event of events) {
    if (isStart(event)) isOpen = true;
    else if (event.type === 'step.finished' && event.step === 'release' && event.part === 'action')
      isOpen = false;
    else if (event.type === 'operator.awaited' && event.for === 'unknown') isOpen = false;
    else if (event.type === 'gate.opened' && isOpen)
      return [`${run}: a gate follows a change that nobody was asked about`];
  }
  return [];
}
