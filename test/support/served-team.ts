import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startPostgres } from '#lab/servers/postgres.ts';
import { openPool } from '#team/database.ts';
import type { Place } from '../e2e/secrets.ts';
import { PATIENT, STUCK_ORDERS } from '../fixtures/team-books.ts';
import { LAUNCHER, requireBuild } from './built-command.ts';

/** The end of a command. */
export type EndedCommand = {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
};

/** A server, a worker and a patient; the server and the worker are processes of the built command. */
export type ServedTeamStage = {
  /** The address of the server. */
  readonly url: string;
  readonly folder: string;
  readonly server: ChildProcess;
  /** Starts another server at the same address; resolves once it answers. */
  serveAgain(): Promise<void>;
  readonly said: () => string;
  readonly exited: Promise<number | null>;
  /** Runs the built command with the surroundings of the server. */
  command(...args: readonly string[]): Promise<EndedCommand>;
  /** Creates a token and resolves with its text. */
  token(name: string, role: string, ...scopes: readonly string[]): Promise<string>;
  /** How often runs changed the patient. */
  changes(): Promise<number>;
  /** The address of the patient, which only the worker knows; its password has characters that are encoded. */
  readonly patientUrl: string;
  /** What the server, the worker and the control plane hold and say, by place. */
  places(): Promise<readonly Place[]>;
  /** Executes a statement on the control plane as the role of a process. */
  as(role: 'team_server' | 'team_worker', sql: string): Promise<void>;
};

/** The runbook of {@link STUCK_ORDERS} with a phrase at its gate. */
const BOOK = STUCK_ORDERS.replace(
  'timeout: 5m',
  'timeout: 5m\n    confirm: { phrase: release them }',
);

/** The same with a change at the end of every run. */
const CLOSING_BOOK = `${BOOK.replace('name: stuck-orders', 'name: closing-orders')}finally:
  - id: close
    title: Take note of the run
    on: db
    effect: change
    sql: INSERT INTO released (run) VALUES (\${{ run.id }})
    undo: { none: It is only a note. }
`;

/** A password that every encoding changes. */
const PASSWORD = 'p$%@/ w0rd of the patient';

/** Starts a team before the tests of a file, with more text at the end of its `team.yaml`. */
export function servedTeam(
  more: string,
  env: Readonly<Record<string, string>> = {},
): () => ServedTeamStage {
  let stage: ServedTeamStage | undefined;
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    requireBuild();
    const [control, ill] = await Promise.all([startPostgres({}), startPostgres({})]);
    const patient = openPool(ill.superuserUrl, 'test of the patient', 1);
    await patient.query(PATIENT);
    await patient.query(`CREATE ROLE healer SUPERUSER LOGIN PASSWORD '${PASSWORD}'`);
    const patientUrl = ill.url({ user: 'healer', password: PASSWORD, database: 'postgres' });
    const folder = mkdtempSync(join(tmpdir(), 'runbook-served-'));
    writeFileSync(join(folder, 'stuck-orders.yaml'), BOOK);
    writeFileSync(join(folder, 'closing-orders.yaml'), CLOSING_BOOK);
    const secrets = 'environments: { prod: { inputs: { database_url: env:PATIENT_URL } } }\n';
    writeFileSync(join(folder, 'runbook.config.yaml'), secrets);
    writeFileSync(join(folder, 'team.yaml'), `listen: 127.0.0.1:0\n${more}`);
    const surroundings = {
      ...{ PATH: process.env.PATH, HOME: folder, RUNBOOK_STATE: join(folder, 'state') },
      RUNBOOK_TEAM_DATABASE_URL: control.superuserUrl,
      ...env,
    };
    const start = (args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
      startProcess(args, folder, { ...surroundings, ...extra });
    const command = async (...args: readonly string[]) => {
      const { exited, text } = start(args);
      const code = await exited;
      return { code, ...text };
    };
    const roles = ['--server-role', 'team_server', '--worker-role', 'team_worker=eu'];
    expect(await command('server', 'migrate', ...roles)).toMatchObject({ code: 0 });
    // Each process logs in as its own role; commands do as the owner.
    const owner = openPool(control.superuserUrl, 'test of the control plane', 1);
    await owner.query(`ALTER ROLE team_server PASSWORD 's'; ALTER ROLE team_worker PASSWORD 'w'`);
    await owner.end();
    const login = (user: string, password: string) => ({
      RUNBOOK_TEAM_DATABASE_URL: control.url({ user, password, database: 'postgres' }),
    });
    const server = start(['server', '--dir', '.'], login('team_server', 's'));
    // Only the worker knows the address of the patient.
    const worker = start(['worker', '--label', 'eu', '--dir', '.'], {
      ...login('team_worker', 'w'),
      PATIENT_URL: patientUrl,
    });
    const processes = [server, worker];
    stop = async () => {
      for (const { child } of processes) child.kill('SIGKILL');
      await Promise.all(processes.map(({ exited }) => exited));
      await patient.end();
      await Promise.all([control.stop(), ill.stop()]);
      rmSync(folder, { recursive: true, force: true });
    };
    const pagesOf = ({ text }: { readonly text: { readonly err: string } }) =>
      vi.waitFor(
        () => {
          const [, found] = /pages at (\S+)/.exec(text.err) ?? [];
          if (found === undefined) throw new Error(text.err);
          return found;
        },
        { timeout: 60_000, interval: 50 },
      );
    const url = await pagesOf(server);
    await vi.waitFor(() => expect(worker.text.err).toContain('takes runs of eu'), {
      timeout: 60_000,
    });
    stage = {
      ...{ url, folder, command, patientUrl, server: server.child, exited: server.exited },
      said: () => server.text.err,
      async serveAgain() {
        const again = start(['server', '--dir', '.', '--listen', new URL(url).host]);
        processes.push(again);
        await pagesOf(again);
      },
      async token(name, role, ...scopes) {
        const allowed = scopes.flatMap((scope) => ['--scope', scope]);
        const made = await command('token', 'create', name, '--role', role, ...allowed);
        expect(made).toMatchObject({ code: 0 });
        return made.out.trim();
      },
      async as(role, sql) {
        const { RUNBOOK_TEAM_DATABASE_URL: own } = login(role, role === 'team_server' ? 's' : 'w');
        const pool = openPool(own, 'test of a role', 1);
        await pool.query(sql).finally(() => pool.end());
      },
      async places() {
        const pool = openPool(control.superuserUrl, 'test of the control plane', 1);
        const said = processes.map(({ text }, at): Place => [`log ${at}`, text.out + text.err]);
        return [...said, ...(await tablesOf(pool).finally(() => pool.end()))];
      },
      async changes() {
        const { rows } = await patient.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM released',
        );
        return rows[0]?.n ?? -1;
      },
    };
  });
  afterAll(() => stop());
  return () => {
    if (stage === undefined) throw new Error('the team has not started');
    return stage;
  };
}

/** Every table of the team and of its engine, as texts. */
async function tablesOf(pool: Pool): Promise<readonly Place[]> {
  const tables = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname IN ('runbook', 'dbos')`,
  );
  const places: Place[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ text: string | null }>(
      `SELECT string_agg(t::text, '') AS text FROM ${name} AS t`,
    );
    places.push([name, rows[0]?.text ?? '']);
  }
  return places;
}

function startProcess(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
) {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [LAUNCHER, ...args], { cwd, env, stdio });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  const exited = new Promise<number | null>((done) => child.on('close', (code) => done(code)));
  return { child, text, exited };
}
