import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { NewIntent, StoredIntent } from '#events/log/news.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { walkLines } from '#run/journal/cursor.ts';
import type { NewTeamRun } from '#team/create-run.ts';
import { openPool } from '#team/database.ts';
import type { Dispatch } from '#team/dispatch.ts';
import { migrateEngine, openDispatch } from '#team/engine.ts';
import { migrate } from '#team/migrate.ts';
import type { ApprovalRule } from '#team/policy/permission.ts';
import { TeamStore } from '#team/store.ts';
import { Reaper } from '#team/watch/reaper.ts';
import type { WorkerOptions } from '#team/worker.ts';
import { PATIENT, STUCK_ORDERS } from '../fixtures/team-books.ts';
import { COMPILE_CACHE } from './compile-cache.ts';

/** A busy machine must not cost a worker its lease: who is dead is told by {@link TeamStage.bury}. */
const TIMES = { beatMs: 200, giveUpMs: 20_000, deadMs: 60_000 };

/** A line that a worker's process printed. */
export type Said = { readonly what: string } & Readonly<Record<string, string>>;

/** A worker as a process. */
export type WorkerProcess = {
  readonly id: string;
  readonly child: ChildProcess;
  readonly said: readonly Said[];
  /** Resolves once the process has said that. */
  says(what: string, also?: Readonly<Record<string, string>>): Promise<Said>;
  /** Resolves with its exit code; null after a signal. */
  readonly exited: Promise<number | null>;
};

/** What a worker's process is told. */
export type ToldWorker = {
  readonly labels?: readonly string[];
  readonly holdMs?: number;
  readonly places?: number;
  readonly replay?: number;
  readonly stopAt?: string;
  /** It is killed once this line of its run is committed, and nothing behind it. */
  readonly killAfter?: number;
  readonly books?: readonly string[];
  readonly times?: WorkerOptions['times'];
  readonly patient?: string;
  /** The control plane, if not the one of the stage itself. */
  readonly url?: string;
  readonly approval?: readonly ApprovalRule[];
};

/** A control plane, a patient, and workers that are processes. */
export type TeamStage = {
  readonly control: PostgresServer;
  readonly store: TeamStore;
  readonly pool: pg.Pool;
  readonly patient: pg.Pool;
  readonly patientUrl: string;
  startWorker(told?: ToldWorker): Promise<WorkerProcess>;
  /**
   * Declares a silent worker dead, as the others do after the time of their leases. Its runs go to
   * workers of another label, if one is given.
   */
  bury(worker: Pick<WorkerProcess, 'id'>, label?: string): Promise<void>;
  /** Creates a run of the stuck orders. */
  create(
    inputs?: Readonly<Record<string, string>>,
    more?: Partial<Pick<NewTeamRun, 'label' | 'replay' | 'holdMs'>> & { readonly text?: string },
  ): Promise<string>;
  records(run: string): Promise<readonly RecordedEvent[]>;
  view(run: string): Promise<RunView | undefined>;
  /** Resolves once the run asks for that, with another question than the given one. */
  asks(run: string, what: string, otherThan?: number): Promise<RunView>;
  /** Resolves once the run has finished. */
  finished(run: string): Promise<RunView>;
  /** Sends an intent, by default of an approver who has just signed in; resolves with its number. */
  send(
    run: string,
    intent: Intent,
    atSeq?: number,
    person?: string,
    by?: Pick<NewIntent, 'roles' | 'signedInAt'> &
      Partial<Pick<NewIntent, 'environment' | 'digest'>>,
  ): Promise<string>;
  /** Resolves with an answered intent. */
  answered(run: string, id: string): Promise<StoredIntent>;
  /** How often the run changed the patient. */
  changes(run: string): Promise<number>;
};

/**
 * Starts a stage before the tests of a file. Workers end after each test, or, if the tests run at a
 * time, after all of them.
 */
export function teamStage({
  areConcurrent = false,
  arePatientAndControlApart = false,
} = {}): () => TeamStage {
  let stage: (TeamStage & { stop(): Promise<void> }) | undefined;
  const processes: WorkerProcess[] = [];
  beforeAll(async () => {
    stage = await startStage(processes, arePatientAndControlApart);
  });
  const endWorkers = async () => {
    for (const { child } of processes)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    const ended = processes.splice(0);
    await Promise.all(ended.map(({ exited }) => exited));
    // The next test begins without the leases and the runs of this one.
    const ids = [ended.map(({ id }) => id)];
    for (const sql of [
      'UPDATE runbook.run SET holder = NULL, epoch = epoch + 1, finished_at = coalesce(finished_at, now()) WHERE holder = ANY($1)',
      "UPDATE runbook.worker SET state = 'gone' WHERE id = ANY($1)",
    ])
      await stage?.pool.query(sql, ids).catch(() => undefined);
  };
  if (!areConcurrent) afterEach(endWorkers);
  afterAll(async () => {
    await endWorkers();
    await stage?.stop();
  });
  return () => {
    if (stage === undefined) throw new Error('the stage has not started');
    return stage;
  };
}

const APPROVER = () => ({ roles: ['approver'], signedInAt: new Date() }) as const;

let workers = 0;

async function startStage(processes: WorkerProcess[], areApart: boolean) {
  const settings = { max_connections: 300 };
  const [control, apart] = await Promise.all([
    startPostgres({ settings }),
    areApart ? startPostgres({ settings }) : undefined,
  ]);
  const ill = apart ?? control;
  const url = control.superuserUrl;
  const pool = openPool(url, 'runbook test');
  const patientUrl = ill.superuserUrl;
  const patient = openPool(patientUrl, 'test of the patient');
  await patient.query(PATIENT);
  await migrateEngine(url);
  await migrate(pool);
  const dispatch = await openDispatch(url);
  const store = new TeamStore(pool, dispatch);
  const folder = mkdtempSync(join(tmpdir(), 'runbook-team-'));
  const book = join(folder, 'stuck-orders.yaml');
  writeFileSync(book, STUCK_ORDERS);

  const records = async (run: string) => {
    const found: RecordedEvent[] = [];
    const lines = (await store.lines(run)).map(({ line }) => line).join('');
    const { problems } = walkLines(Buffer.from(lines), (record) => found.push(record));
    expect(problems).toEqual([]);
    return found;
  };
  const view = async (run: string) => foldEvents(await records(run));
  const stage: TeamStage = {
    ...{ control, store, pool, patient, patientUrl, records, view },
    async startWorker(told = {}) {
      for (;;) {
        workers += 1;
        const started = startWorker(`w${workers}`, {
          ...{ url, books: [book], times: TIMES, labels: ['eu'], patientUrl },
          ...told,
        });
        processes.push(started);
        const isReady = started.says('ready').then(
          () => true,
          () => false,
        );
        // On a busy machine a worker may lose its short lease before it has started.
        if (await Promise.race([isReady, started.exited.then(() => false)])) return started;
      }
    },
    async bury({ id }, label) {
      // The run keeps its label: only its leg goes elsewhere.
      const giving: Dispatch = {
        ...dispatch,
        enqueue: (tx, run, options) =>
          dispatch.enqueue(tx, { ...run, label: label ?? run.label }, options),
      };
      let now = 0;
      const silent = {
        connect: () => pool.connect(),
        query: async (sql: string) => {
          const { rows } = await pool.query<{ id: string }>(sql);
          return { rows: rows.filter((row) => row.id === id) };
        },
      } as never;
      const reaper = new Reaper({
        pool: silent,
        dispatch: giving,
        deadMs: 4_000,
        monotonic: () => now,
      });
      // A beat that was on its way when the process was killed begins the time anew.
      while (!(await reaper.look()).includes(id)) now += 2_500;
    },
    async create(inputs = {}, { label = 'eu', text = STUCK_ORDERS, replay = 1, holdMs } = {}) {
      const { run } = await store.createRun({
        runbook: { name: 'stuck-orders', title: 'Orders are stuck', severity: 'high' },
        text: { file: 'stuck-orders.yaml', text },
        ...{ environment: 'prod', label, inputs, startedBy: 'ada', source: 'cli', replay },
        holdMs,
      });
      if (run === undefined) throw new Error('no run was created');
      return run;
    },
    async asks(run, what, otherThan) {
      return await vi.waitFor(
        async () => {
          const now = await view(run);
          const seen = JSON.stringify((await records(run)).slice(-6));
          expect(now?.awaited?.for, seen).toBe(what);
          expect(now?.awaited?.seq, seen).not.toBe(otherThan);
          if (now === undefined) throw new Error('no view');
          return now;
        },
        { interval: 50 },
      );
    },
    async finished(run) {
      return await vi.waitFor(
        async () => {
          const now = await view(run);
          expect(now?.status, JSON.stringify((await records(run)).slice(-6))).toBe('finished');
          if (now === undefined) throw new Error('no view');
          return now;
        },
        { interval: 50 },
      );
    },
    send: async (run, intent, atSeq, person = 'grace', by = APPROVER()) =>
      await store.addIntent({
        ...{ environment: 'prod', digest: (await view(run))?.gate?.digest },
        ...by,
        run,
        person,
        via: 'page',
        intent,
        ...(atSeq === undefined ? {} : { atSeq }),
      }),
    async answered(run, id) {
      return await vi.waitFor(
        async () => {
          const found = (await store.intents(run)).find((it) => it.id === id);
          if (found?.verdict === undefined) throw new Error('it has no answer');
          return found;
        },
        { interval: 50 },
      );
    },
    async changes(run) {
      const sql = 'SELECT count(*)::int AS n FROM released WHERE run = $1';
      return (await patient.query<{ n: number }>(sql, [run])).rows[0]?.n ?? -1;
    },
  };
  return {
    ...stage,
    async stop() {
      await dispatch.close();
      await pool.end();
      await patient.end();
      await Promise.all([control.stop(), apart?.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Started = ToldWorker & { readonly url: string; readonly patientUrl: string };

function startWorker(id: string, { patientUrl, patient, ...told }: Started): WorkerProcess {
  const file = resolve(import.meta.dirname, '../fixtures/team-worker.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    env: {
      ...process.env,
      ...COMPILE_CACHE,
      WORKER: JSON.stringify({ ...told, id }),
      DATABASE_URL: patient ?? patientUrl,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    try {
      said.push(JSON.parse(line) as Said);
    } catch {
      said.push({ what: 'printed', line });
    }
  });
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  return {
    ...{ id, child, said, exited },
    says: (what, also = {}) =>
      vi.waitFor(
        () => {
          const found = said.find(
            (one) => one.what === what && Object.entries(also).every(([k, v]) => one[k] === v),
          );
          if (found === undefined) throw new Error(`${id} said ${JSON.stringify(said.slice(-4))}`);
          return found;
        },
        { interval: 20 },
      ),
  };
}
