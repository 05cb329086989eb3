import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { codeOf, environmentError, messageOf } from '#errors.ts';
import {
  compareSpaces,
  type ProcessSpace,
  processSpace,
  readSpace,
  writeSpace,
} from './process-space.ts';

/** The process that writes a run's journal. */
export type Writer = {
  readonly host: string;
  readonly pid: number;
  /**
   * Its start time in the format of its system, which distinguishes it from a later process with
   * the same ID.
   */
  readonly startedAt: string;
  /** The space of its process ID; undefined if its system did not report one. */
  readonly space: ProcessSpace | undefined;
};

/** An exclusive lock on writing a run's journal. */
export type WriterLock = {
  /** Releases the lock; idempotent. */
  release(): void;
};

/**
 * Locks the journal in a run's folder for writing, and throws if a live process holds the lock.
 * Every writer creates a file of its own before it checks for others, so of two concurrent writers
 * at most one proceeds; locks of dead processes are removed.
 */
export function takeWriterLock(folder: string): WriterLock {
  const own = join(folder, writerName(thisProcess()));
  try {
    closeSync(openSync(own, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw lockedError(folder, thisProcess(), own, error);
    throw environmentError(
      `cannot write in the run's folder: ${messageOf(error)}`,
      `check ${folder}, or set RUNBOOK_STATE to a folder that can be written`,
      error,
    );
  }
  for (const { file, writer } of writersIn(folder)) {
    if (file === own) continue;
    if (isAlive(writer)) {
      rmSync(own, { force: true });
      throw lockedError(folder, writer, file);
    }
    rmSync(file, { force: true });
  }
  return { release: () => rmSync(own, { force: true }) };
}

/** Returns the live process that writes the journal in a run's folder, if any. */
export function liveWriter(folder: string): Writer | undefined {
  return writersIn(folder).find(({ writer }) => isAlive(writer))?.writer;
}

const LOCK_NAME =
  /^writer\.(?<host>.+)\.(?<pid>\d+)\.(?<startedAt>\w+)(?:\.(?<space>in-[\w-]+))?\.lock$/;

/** Returns the name of a process as a file name. */
export function writerName({ host, pid, startedAt, space }: Writer): string {
  const within = space === undefined ? '' : `.${writeSpace(space)}`;
  return `writer.${host}.${pid}.${startedAt}${within}.lock`;
}

function writersIn(folder: string): { readonly file: string; readonly writer: Writer }[] {
  return readdirSync(folder).flatMap((name) => {
    const writer = readWriter(name);
    return writer === undefined ? [] : [{ file: join(folder, name), writer }];
  });
}

/** Returns the process that a file is named after, if any. */
export function readWriter(name: string): Writer | undefined {
  const found = LOCK_NAME.exec(name)?.groups;
  if (found?.host === undefined || found.startedAt === undefined) return undefined;
  const { host, startedAt } = found;
  const space = found.space === undefined ? undefined : readSpace(found.space);
  return { host, pid: Number(found.pid), startedAt, space };
}

/** Returns the own process. */
export function thisProcess(): Writer {
  const startedAt = startOf(process.pid) ?? 'unknown';
  return { host: thisHost(), pid: process.pid, startedAt, space: processSpace() };
}

/** Returns the host's name in a form that is valid in a file name. */
function thisHost(): string {
  return encodeURIComponent(hostname());
}

/** A process that cannot be checked, on another host or in another container, counts as alive. */
function isAlive(writer: Writer): boolean {
  return lifeOf(writer) !== 'dead';
}

/** Returns whether a process lives; `unknown` for one on another host or in another container. */
export function lifeOf(writer: Writer): 'alive' | 'dead' | 'unknown' {
  if (isElsewhere(writer)) return 'unknown';
  const own = processSpace();
  const isGone =
    writer.space !== undefined && own !== undefined && compareSpaces(writer.space, own) === 'gone';
  return !isGone && startOf(writer.pid) === writer.startedAt ? 'alive' : 'dead';
}

function isElsewhere({ host, space }: Writer): boolean {
  if (host !== thisHost()) return true;
  const own = processSpace();
  return space !== undefined && own !== undefined && compareSpaces(space, own) === 'unknown';
}

/** Returns when a process started, or `undefined` if it does not exist or is a zombie. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startFromPs(pid);
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name may contain spaces and brackets; the fields after its last bracket do not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  try {
    const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    const start = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return start.replace(/\W/g, '') || undefined;
  } catch {
    return undefined;
  }
}

function lockedError(folder: string, writer: Writer, file: string, cause?: unknown) {
  const place = writer.host === thisHost() ? ' in another container or machine' : '';
  const elsewhere = isElsewhere(writer) ? place || ` on ${writer.host}` : '';
  return environmentError(
    `run ${basename(folder)} is being written by process ${writer.pid}${elsewhere}`,
    elsewhere === ''
      ? 'leave it there first ("q" on its screen), or end that process'
      : `leave it there first; if that process is certainly gone, remove ${file}`,
    cause,
  );
}
