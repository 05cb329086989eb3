import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { STEPS } from './runbooks.ts';
import type { BenchStage, Started } from './stage.ts';

/** What team mode costs; times are in milliseconds. */
export type TeamFigures = {
  readonly localStep: number;
  readonly aloneStep: number;
  /** The time of the worker for a step, and that of a run, with many runs at once. */
  readonly manyStep: number;
  readonly manyRunStep: number;
  readonly commits: number;
  readonly lines: number;
  readonly walKiB: number;
  readonly heldKiB: number;
  readonly killToQuestion: number;
  readonly openToGate: number;
  readonly clickToCommit: number;
};

type Place = BenchStage & { readonly worker: Started };

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Measures everything once, with so many runs at a time. */
export async function measureTeam(
  stage: BenchStage,
  many: number,
  onProgress: (text: string) => void,
): Promise<TeamFigures> {
  onProgress('a run alone');
  const localStep = await localSteps(stage);
  const worker = await takesRuns(stage);
  const place = { ...stage, worker };
  const aloneStep = (await spanOf(stage, [await finished(stage, 'reads')])) / STEPS;
  onProgress(`${many} runs at once`);
  const busy = await manyRuns(stage, many);
  onProgress('answers');
  const clickToCommit = await clicks(stage);
  const openToGate = await opened(stage);
  onProgress(`${many} runs held`);
  const heldKiB = await held(place, many);
  onProgress('a killed worker');
  const killToQuestion = await killed(place);
  return { localStep, aloneStep, ...busy, heldKiB, killToQuestion, openToGate, clickToCommit };
}

const takesRuns = (stage: BenchStage) =>
  stage.startUntil(
    /takes runs of/,
    ...['worker', '--label', 'eu', '--dir', '.', '--concurrency', '1000'],
  );

/** From the first to the last line of a local run of the same runbook. */
async function localSteps(stage: BenchStage): Promise<number> {
  await stage.ended('run', 'reads.yaml', '--plain');
  return spanOfLines(stage.localJournal().trim().split('\n')) / STEPS;
}

function spanOfLines(lines: readonly string[]): number {
  const at = (line: string | undefined) =>
    Date.parse((JSON.parse(line ?? '{}') as { at: string }).at);
  return at(lines.at(-1)) - at(lines[0]);
}

async function until<T>(look: () => Promise<T | undefined>, everyMs = 5): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(everyMs);
  }
}

async function finished(stage: BenchStage, book: 'reads'): Promise<string> {
  const run = await stage.create(book);
  await until(async () => ((await stage.store.run(run))?.status === 'finished' ? run : undefined));
  return run;
}

/** The mean time from the first to the last line. */
async function spanOf({ pool }: BenchStage, runs: readonly string[]): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    `SELECT avg(ms)::float8 AS ms FROM (SELECT extract(epoch FROM max(at) - min(at)) * 1000 AS ms
     FROM runbook.run_event WHERE run_id = ANY($1) GROUP BY run_id) AS spans`,
    [runs],
  );
  return rows[0]?.ms ?? Number.NaN;
}

/** Commits and write-ahead log of the control plane until now; PostgreSQL counts commits with a delay. */
async function written({ pool }: BenchStage) {
  await delay(1_500);
  const { rows } = await pool.query<{ commits: number; wal: number }>(
    `SELECT xact_commit::float8 AS commits, (pg_current_wal_lsn() - '0/0')::float8 AS wal
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  return rows[0] ?? { commits: 0, wal: 0 };
}

/** What many runs at once cost, without the queries of a worker that has nothing to do. */
async function manyRuns(stage: BenchStage, many: number) {
  const idleFrom = await written(stage);
  const idleTo = await written(stage);
  const idle = (idleTo.commits - idleFrom.commits) / 1_500;
  const runs = await Promise.all(Array.from({ length: many }, () => stage.create('reads')));
  const begun = performance.now();
  await until(async () => {
    const { rowCount } = await stage.pool.query(
      "SELECT 1 FROM runbook.run WHERE status <> 'finished' LIMIT 1",
    );
    return rowCount === 0 ? true : undefined;
  }, 50);
  const took = performance.now() - begun;
  const after = await written(stage);
  const { rows } = await stage.pool.query<{ lines: number }>(
    'SELECT count(*)::float8 / $2 AS lines FROM runbook.run_event WHERE run_id = ANY($1)',
    [runs, many],
  );
  return {
    manyStep: took / many / STEPS,
    manyRunStep: (await spanOf(stage, runs)) / STEPS,
    commits: Math.max(0, after.commits - idleTo.commits - idle * (took + 1_500)) / many,
    lines: rows[0]?.lines ?? Number.NaN,
    walKiB: (after.wal - idleTo.wal) / many / 1024,
  };
}

/** Resolves with the digest and the number of the gate that a run opened behind a line. */
async function gateOf({ pool, store }: BenchStage, run: string, after = 0) {
  return await until(async () => {
    const { rows } = await pool.query<{ seq: number; line: string }>(
      `SELECT seq, line FROM runbook.run_event
       WHERE run_id = $1 AND seq > $2 AND type = 'gate.opened' ORDER BY seq DESC LIMIT 1`,
      [run, after],
    );
    const [row] = rows;
    if (row === undefined || (await store.run(run))?.waitingFor !== 'gate') return undefined;
    const { event } = JSON.parse(row.line) as { event: { digest: string } };
    return { digest: event.digest, seq: row.seq };
  });
}

async function confirm(stage: BenchStage, run: string): Promise<void> {
  const { digest } = await gateOf(stage, run);
  const { headSeq = 0 } = (await stage.store.run(run)) ?? {};
  await stage.store.addIntent({
    ...{ run, person: 'grace', via: 'page', intent: { type: 'confirm', digest } },
    ...{ atSeq: headSeq, roles: ['approver'], signedInAt: new Date(), environment: 'prod', digest },
  });
}

/** From the click to the committed confirmation. */
async function clicks(stage: BenchStage): Promise<number> {
  const samples: number[] = [];
  for (let sample = 0; sample < 9; sample += 1) {
    const run = await stage.create('gated');
    await gateOf(stage, run);
    const begun = performance.now();
    await confirm(stage, run);
    await typeIn(stage, run, 'gate.answered');
    samples.push(performance.now() - begun);
  }
  return median(samples);
}

async function typeIn({ pool }: BenchStage, run: string, type: string): Promise<void> {
  await until(async () => {
    const { rowCount } = await pool.query(
      'SELECT 1 FROM runbook.run_event WHERE run_id = $1 AND type = $2 LIMIT 1',
      [run, type],
    );
    return rowCount === 0 ? undefined : true;
  });
}

/** From opening the page of a parked run until its gate has been read again. */
async function opened(stage: BenchStage): Promise<number> {
  const server = await stage.startUntil(/pages at (\S+)/, 'server', '--dir', '.');
  const token = await stage.ended(
    ...['token', 'create', 'grace', '--role', 'approver', '--scope', 'sign-in'],
  );
  const login = await fetch(`${server.said}/auth/login`, {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ token: token.trim(), next: '/' }),
  });
  const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';');
  const samples: number[] = [];
  for (let sample = 0; sample < 9; sample += 1) {
    const run = await stage.create('gated', {}, 50);
    await gateOf(stage, run);
    await parked(stage, run);
    const { headSeq = 0 } = (await stage.store.run(run)) ?? {};
    const begun = performance.now();
    const page = await fetch(`${server.said}/r/${run}`, {
      ...{ headers: { cookie }, redirect: 'manual' },
    });
    if (page.status !== 200) throw new Error(`the page answered ${page.status}`);
    await gateOf(stage, run, headSeq);
    samples.push(performance.now() - begun);
  }
  server.child.kill('SIGKILL');
  return median(samples);
}

async function parked({ store }: BenchStage, run: string): Promise<void> {
  await until(async () => ((await store.run(run))?.holder === undefined ? true : undefined));
}

/** The memory of the worker for each run that waits at its gate. */
async function held({ worker, ...stage }: Place, many: number): Promise<number> {
  const before = memoryOf(worker);
  const runs = await Promise.all(Array.from({ length: many }, () => stage.create('gated')));
  for (const run of runs) await gateOf(stage, run);
  return (memoryOf(worker) - before) / many;
}

const memoryOf = ({ child }: Started) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);

/** From the death of a worker in a change until another asks what became of it. */
async function killed({ worker, ...stage }: Place): Promise<number> {
  const run = await stage.create('gated', { change_seconds: '120' });
  await confirm(stage, run);
  await until(async () => ((await stage.store.run(run))?.status === 'running' ? true : undefined));
  const second = await takesRuns(stage);
  const begun = performance.now();
  worker.child.kill('SIGKILL');
  await until(async () =>
    (await stage.store.run(run))?.waitingFor === 'unknown' ? true : undefined,
  );
  const took = performance.now() - begun;
  second.child.kill('SIGKILL');
  await once(second.child, 'exit');
  return took;
}
