import { execFileSync } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Practice, Surroundings } from '#run/options.ts';
import { runStore, stateFolder } from '#run/store/file/folders.ts';
import type { RunRecord, RunSource, RunStore } from '#run/store/port.ts';
import { harmlessLine } from '#text/harmless.ts';
import { terminalSize } from './terminal-size.ts';
import { PROGRAM } from './version.ts';

/** Returns the operator, the machine and the program. */
export function surroundingsHere(): Surroundings {
  return {
    operator: operatorName(),
    host: hostname(),
    pid: process.pid,
    program: `${PROGRAM} on Node ${process.versions.node}`,
    practice: practiceHere(),
    terminal: terminalSize(),
    env: process.env,
    clock: () => new Date(),
    monotonic: () => performance.now(),
    reportError,
    random: Math.random,
  };
}

/** Returns the store of this user's runs. */
export function storeHere(): RunStore {
  return runStore(stateFolder(process.env, homedir()));
}

/** Uses the runs of a server by its name, or those of this user without one. */
export async function withRuns<T>(
  server: string | undefined,
  use: (runs: RunSource) => Promise<T>,
): Promise<T> {
  if (server === undefined) return await use(storeHere());
  return await (await import('./remote/connect.ts')).withServer(server, use);
}

/** Uses the run that a command line names, by default the latest, here or on its server. */
export async function withRun<T, O extends { readonly on: string | undefined }>(
  { argument = 'latest', options }: { readonly argument: string | undefined; readonly options: O },
  use: (run: RunRecord, options: O) => Promise<T>,
): Promise<T> {
  return await withRuns(options.on, async (runs) => use(await runs.open(argument), options));
}

/** The variable with the folder of a drill, in the shells that have its logins. */
export const PRACTICE = 'RUNBOOK_PRACTICE';

/** The file in the folder of a drill with the hosts of its servers, as JSON. */
export const PRACTICE_HOSTS = 'hosts.json';

/** A drill that is over left no folder, though a shell may still name it. */
function practiceHere(): Practice | undefined {
  const folder = process.env.RUNBOOK_PRACTICE;
  if (!folder) return undefined;
  try {
    const hosts: unknown = JSON.parse(readFileSync(join(folder, PRACTICE_HOSTS), 'utf8'));
    return Array.isArray(hosts) ? { folder, hosts: hosts.map(String) } : undefined;
  } catch {
    return undefined;
  }
}

/** The operator's name: `RUNBOOK_OPERATOR`, else git's, else the login. */
function operatorName(): string {
  const given = process.env.RUNBOOK_OPERATOR?.trim();
  if (given) return given;
  return gitName() || loginName();
}

function gitName(): string {
  try {
    return execFileSync('git', ['config', 'user.name'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 2_000,
    }).trim();
  } catch {
    return '';
  }
}

function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** The limit of distinct errors: a view that fails on every change must not fill the memory. */
const MOST = 10;

const counts = new Map<string, number>();

/**
 * Stores an error that did not affect the run, and prints it on standard error when the process
 * exits: the screen would be drawn over it. `RUNBOOK_DEBUG` adds its stack.
 */
export function reportError(error: unknown): void {
  if (counts.size === 0) process.once('exit', print);
  const text = textOf(error);
  if (counts.has(text) || counts.size < MOST) counts.set(text, (counts.get(text) ?? 0) + 1);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env.RUNBOOK_DEBUG ? (error.stack ?? error.message) : error.message;
}

function print(): void {
  for (const [text, count] of counts) {
    const lines = text.split('\n').map(harmlessLine).join('\n');
    const times = count === 1 ? '' : ` (${count} times)`;
    try {
      writeSync(2, `runbook: internal error, the run was not affected: ${lines}${times}\n`);
    } catch {
      // Standard error is closed.
    }
  }
}
