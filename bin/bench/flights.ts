import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMariadb } from '#lab/servers/mariadb.ts';
import { findMysql, startMysql } from '#lab/servers/mysql.ts';
import { startPostgres } from '#lab/servers/postgres.ts';
import { startPoolExhausted } from '#lab/shop/pool-exhausted.ts';
import { layLine, type SlowLine } from './slow-line.ts';

const run = promisify(execFile);

/** 40 ms there and back: a bastion in another country. */
const ONE_WAY_MS = 20;

/** What was asked over a line: round trips, and the time by the clock. */
type Flight = { readonly trips: number; readonly ms: number };

/** A server, and how its own client asks it a number of statements. */
type Measured = {
  readonly name: string;
  readonly url: string;
  readonly stop: () => Promise<unknown>;
  readonly client: (url: URL, statements: number) => readonly [string, readonly string[]];
};

/** Prints the round trips of connecting, of a read, and of two whole runs, beside the engines' own clients. */
export async function benchFlights(launcher: string, say: (...lines: string[]) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'runbook-flights-'));
  try {
    say(`round trips of ${2 * ONE_WAY_MS} ms`, '');
    say('| server | client: connect | client: a read | runbook: connect | runbook: a read |');
    say('|---|--:|--:|--:|--:|');
    for (const start of SERVERS) {
      const server = await start();
      if (server === undefined) continue;
      try {
        say(await rowOf(server, launcher, folder));
      } finally {
        await server.stop();
      }
    }
    say('', ...(await wholeRuns(launcher, folder)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SERVERS: readonly (() => Promise<Measured | undefined>)[] = [
  async () => {
    const server = await startPostgres();
    return {
      name: `PostgreSQL ${server.version}`,
      url: server.superuserUrl,
      stop: () => server.stop(),
      client: (url, count) => ['psql', [url.href, ...repeated(count, ['-c', 'SELECT 1'])]],
    };
  },
  async () => {
    const server = await startMariadb();
    return mysqlLike(`MariaDB ${server.version}`, server.rootUrl, () => server.stop());
  },
  async () => {
    if ((await findMysql()) === undefined) return undefined;
    const server = await startMysql();
    return mysqlLike(`MySQL ${server.version}`, server.rootUrl, () => server.stop());
  },
];

function mysqlLike(name: string, url: string, stop: () => Promise<unknown>): Measured {
  return {
    name,
    url,
    stop,
    client: ({ hostname, port, username, password, pathname }, count) => [
      'mysql',
      [
        ...['--no-defaults', '-h', hostname, '-P', port, '-u', decodeURIComponent(username)],
        ...[`-p${decodeURIComponent(password)}`, '-D', pathname.slice(1), '-e'],
        repeated(count, ['SELECT 1']).join(';'),
      ],
    ],
  };
}

function repeated(count: number, words: readonly string[]): readonly string[] {
  return Array.from({ length: count }, () => words).flat();
}

async function rowOf(server: Measured, launcher: string, folder: string): Promise<string> {
  const line = await layLine(server.url, ONE_WAY_MS);
  try {
    const client = await connectAndRead(async (count) => {
      const [file, args] = server.client(new URL(line.url), count);
      return await flight(line, file, args, {});
    });
    const own = await connectAndRead(async (count) => {
      const file = join(folder, 'reads.yaml');
      await writeFile(file, reads(count));
      const args = [launcher, 'run', file, '--plain', '--auto'];
      return await flight(line, process.execPath, args, { folder, url: line.url });
    });
    return `| ${server.name} | ${client.join(' | ')} | ${own.join(' | ')} |`;
  } finally {
    line.close();
  }
}

/** What one read takes shows beside several: what is left of the first is connecting. */
async function connectAndRead(
  ask: (count: number) => Promise<Flight>,
): Promise<readonly [string, string]> {
  const MORE = 4;
  try {
    const one = await ask(1);
    const more = await ask(1 + MORE);
    const trips = (more.trips - one.trips) / MORE;
    const ms = (more.ms - one.ms) / MORE;
    return [`${one.trips - trips}`, `${trips} (${Math.round(ms)} ms)`];
  } catch (error) {
    return ['–', `${(error as NodeJS.ErrnoException).code ?? 'failed'}`];
  }
}

function reads(count: number): string {
  const steps = Array.from(
    { length: count },
    (_, index) => `  - { id: read${index}, sql: SELECT ${index} AS n }`,
  );
  return `name: reads
title: Reads
summary: It reads.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
targets: { db: { database: "\${{ inputs.database_url }}" } }
on: db
steps:
${steps.join('\n')}
  - { id: done, finish: { outcome: resolved, summary: All was read. } }
`;
}

async function flight(
  line: SlowLine,
  file: string,
  args: readonly string[],
  { folder, url, error }: { folder?: string; url?: string; error?: string },
): Promise<Flight> {
  line.trips();
  const begun = performance.now();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder ?? '/',
    RUNBOOK_OPERATOR: 'bench',
    ...(url === undefined ? {} : { DATABASE_URL: url, ADMIN_DATABASE_URL: url }),
  };
  // Without a terminal, a run pauses where it would ask, which is what is measured.
  const child = run(file, [...args], { env, cwd: folder ?? '/', timeout: 120_000 });
  child.child.stdin?.end();
  await child.catch((problem: { code?: unknown }) => {
    if (error === undefined && problem.code !== 4) throw problem;
  });
  return { trips: line.trips(), ms: performance.now() - begun };
}

/** `pool-exhausted` on a full server to its gate, and `triage` on one to where it asks. */
async function wholeRuns(launcher: string, folder: string): Promise<readonly string[]> {
  const lab = await startPoolExhausted({ idleSeconds: 1 });
  const line = await layLine(lab.urls.oncall, ONE_WAY_MS);
  try {
    const limits = ['idle_for', 'idle_in_transaction_for'].flatMap((name) => [
      '--input',
      `${name}=1s`,
    ]);
    const told = async (name: string, args: readonly string[]): Promise<string> => {
      const own = [launcher, ...args, '--plain', '--auto'];
      const options = { folder, url: line.url, error: 'any' };
      const { trips, ms } = await flight(line, process.execPath, own, options);
      return `${name}: ${trips} round trips, ${Math.round(ms)} ms`;
    };
    return [
      await told('pool-exhausted, from Enter to its gate', ['run', 'pool-exhausted', ...limits]),
      await told('triage, to its verdict', ['triage']),
    ];
  } finally {
    line.close();
    await lab.stop();
  }
}
