import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { startPostgres } from '#lab/servers/postgres.ts';
import { openPool } from '#team/database.ts';
import { openDispatch } from '#team/engine.ts';
import { TeamStore } from '#team/store.ts';
import { GATED, PATIENT, READS } from './runbooks.ts';

const LAUNCHER = fileURLToPath(new URL('../../runbook.js', import.meta.url));
const TEXTS = { reads: READS, gated: GATED } as const;

/** A process of the built command, with what it printed. */
export type Started = {
  readonly child: ChildProcess;
  readonly text: { readonly out: string; readonly err: string };
};

/** A control plane that keeps what it acknowledges, a patient, and the built command. */
export type BenchStage = {
  readonly pool: Pool;
  readonly store: TeamStore;
  /** Starts the command with these arguments. */
  start(...args: readonly string[]): Started;
  /** Starts the command and resolves once it has printed a text; with the first group of it. */
  startUntil(
    says: RegExp,
    ...args: readonly string[]
  ): Promise<Started & { readonly said: string }>;
  /** Runs the command to its end and resolves with what it printed. */
  ended(...args: readonly string[]): Promise<string>;
  /** Creates a run, which is parked after `holdMs` when it waits, and resolves with its ID. */
  create(
    book: keyof typeof TEXTS,
    inputs?: Readonly<Record<string, string>>,
    holdMs?: number,
  ): Promise<string>;
  /** The journal of the one local run. */
  localJournal(): string;
  stop(): Promise<void>;
};

/** Starts what is measured. Unlike the throwaway servers of tests it writes to the disk. */
export async function startStage(): Promise<BenchStage> {
  const settings = { max_connections: 400, fsync: 'on', synchronous_commit: 'on' };
  const [control, ill] = await Promise.all([
    startPostgres({ settings: { ...settings, full_page_writes: 'on' } }),
    startPostgres({ settings }),
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'runbook-bench-team-'));
  const file = (book: keyof typeof TEXTS) => join(folder, `${book}.yaml`);
  for (const [book, text] of Object.entries(TEXTS)) writeFileSync(file(book as 'reads'), text);
  writeFileSync(
    join(folder, 'runbook.config.yaml'),
    'environments: { prod: { inputs: { database_url: env:DATABASE_URL } } }\n',
  );
  writeFileSync(
    join(folder, 'team.yaml'),
    'listen: 127.0.0.1:0\nenvironments: { prod: { label: eu } }\n',
  );
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, RUNBOOK_STATE: join(folder, 'state') },
    ...{ RUNBOOK_TEAM_DATABASE_URL: control.superuserUrl, DATABASE_URL: ill.superuserUrl },
  };
  const children = new Set<ChildProcess>();
  const start = (...args: readonly string[]): Started => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      ...{ cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const text = { out: '', err: '' };
    for (const [name, stream] of [
      ['out', child.stdout],
      ['err', child.stderr],
    ] as const)
      stream.on('data', (chunk: Buffer) => {
        text[name] += chunk.toString();
      });
    children.add(child);
    return { child, text };
  };
  const ended = async (...args: readonly string[]) => {
    const { child, text } = start(...args);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${text.err}`);
    return text.out;
  };
  const patient = openPool(ill.superuserUrl, 'bench of the patient', 1);
  await patient.query(PATIENT);
  await patient.end();
  await ended('server', 'migrate');
  const pool = openPool(control.superuserUrl, 'bench');
  const dispatch = await openDispatch(control.superuserUrl);
  const store = new TeamStore(pool, dispatch);
  return {
    ...{ pool, store, start, ended },
    localJournal() {
      const runs = join(env.RUNBOOK_STATE, 'runs');
      return readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'journal.jsonl'), 'utf8');
    },
    async startUntil(says, ...args) {
      const started = start(...args);
      for (;;) {
        const found = says.exec(started.text.err);
        if (found !== null) return { ...started, said: found[1] ?? '' };
        if (started.child.exitCode !== null) throw new Error(started.text.err);
        await delay(20);
      }
    },
    async create(book, inputs = {}, holdMs) {
      const { run } = await store.createRun({
        runbook: { name: book, title: book, severity: 'high' },
        text: { file: `${book}.yaml`, text: readFileSync(file(book), 'utf8') },
        ...{ environment: 'prod', label: 'eu', inputs, startedBy: 'ada', source: 'cli', replay: 1 },
        holdMs,
      });
      if (run === undefined) throw new Error('no run was created');
      return run;
    },
    async stop() {
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
      await dispatch.close();
      await pool.end();
      await Promise.all([control.stop(), ill.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
