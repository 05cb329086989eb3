import { execFileSync } from 'node:child_process';
import { homedir, hostname, userInfo } from 'node:os';
import type { Surroundings } from '#run/options.ts';
import { type FileRunStore, runStore, stateFolder } from '#run/store/file/folders.ts';
import { reportError } from './reported-errors.ts';
import { PROGRAM } from './version.ts';

/** Returns the operator, the machine and the program. */
export function surroundingsHere(): Surroundings {
  const { columns, rows, isTTY } = process.stdout;
  return {
    operator: operatorName(),
    host: hostname(),
    pid: process.pid,
    program: `${PROGRAM} on Node ${process.versions.node}`,
    terminal: isTTY ? { columns, rows } : undefined,
    env: process.env,
    clock: () => new Date(),
    monotonic: () => performance.now(),
    reportError,
    random: Math.random,
  };
}

/** Returns the store of this user's runs. */
export function storeHere(): FileRunStore {
  return runStore(stateFolder(process.env, homedir()));
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
