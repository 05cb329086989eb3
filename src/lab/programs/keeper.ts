import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  KeeperOrder,
  KeeperReport,
  KeptCommand,
  KeptExit,
} from '../servers/keeper-protocol.ts';

type Kept = {
  readonly child: ChildProcess;
  readonly stopSignal: NodeJS.Signals;
  readonly ended: Promise<unknown>;
};

const PATIENCE_MS = 4_000;

const kept = new Map<number, Kept>();
let ending = false;
const folder = mkdtempSync(join(tmpdir(), 'runbook-lab-'));
// A server that runs as another user must reach its own directory in here.
chmodSync(folder, 0o711);

// The requesting process may be dead; its programs must still be ended in order.
process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endEverything);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => obey(JSON.parse(line) as KeeperOrder));
input.on('close', endEverything);
report({ report: 'ready', folder });

function report(it: KeeperReport): void {
  process.stdout.write(`${JSON.stringify(it)}\n`);
}

function obey(it: KeeperOrder): void {
  if (it.order === 'stop') void end(it.id, it.signal);
  else if (!ending) run(it.id, it.command);
}

function run(id: number, command: KeptCommand): void {
  const log = openSync(command.logFile, 'a');
  const child = spawn(command.file, command.args, {
    cwd: folder,
    env: command.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...command.user,
  });
  closeSync(log);
  const { promise: ended, resolve: finish } = Promise.withResolvers<void>();
  const over = (exit: KeptExit) => {
    kept.delete(id);
    report({ report: 'exited', id, exit });
    finish();
  };
  child.once('error', (error) => over({ code: null, signal: null, failure: error.message }));
  child.once('exit', (code, signal) => over({ code, signal }));
  kept.set(id, { child, stopSignal: command.stopSignal, ended });
  if (child.pid !== undefined) report({ report: 'started', id, pid: child.pid });
}

async function end(id: number, signal?: NodeJS.Signals): Promise<void> {
  const it = kept.get(id);
  if (it === undefined) return;
  for (const next of [signal ?? it.stopSignal, 'SIGQUIT', 'SIGKILL'] as const) {
    if (!kept.has(id)) return;
    signalGroup(it.child, next);
    await Promise.race([it.ended, sleep(PATIENCE_MS, undefined, { ref: false })]);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // The group is already gone.
  }
}

async function endEverything(): Promise<void> {
  ending = true;
  for (const id of [...kept.keys()].reverse()) await end(id);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}
