import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { environmentError } from '#errors.ts';
import { programFile } from '../programs/file.ts';
import { ownProgram } from '../programs/own-process.ts';
import type { KeeperOrder, KeeperReport, KeptCommand, KeptExit } from './keeper-protocol.ts';

/** A program that ends, at the latest, with the process that started it. */
export type KeptProcess = {
  readonly pid: number;
  readonly exited: Promise<KeptExit>;
  /** Stops it, by force if necessary. Resolves once it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
};

/**
 * Holds programs and their directory, and releases both when this process ends, however it ends.
 */
export type Keeper = {
  readonly pid: number;
  /** A temporary directory, removed with the keeper. */
  readonly folder: string;
  /** Starts a program. Throws an environment error if it cannot be started. */
  run(command: KeptCommand): Promise<KeptProcess>;
  /** Ends every program, the last one first, and removes the directory. Idempotent. */
  close(): Promise<void>;
};

type KeeperProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** Starts a keeper: a process in its own session, which Ctrl-C at the terminal does not reach. */
export async function startKeeper(): Promise<Keeper> {
  const [program, ...args] = ownProgram(fileURLToPath(programFile('keeper')));
  const child: KeeperProcess = spawn(program, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const gone = once(child, 'exit');
  const { ready, programs } = readReports(child);
  child.stdin.on('error', () => {});
  const folder = await ready;
  let lastId = 0;

  function give(order: KeeperOrder): void {
    child.stdin.write(`${JSON.stringify(order)}\n`);
  }

  return {
    pid: child.pid ?? 0,
    folder,
    async run(command) {
      lastId += 1;
      const id = lastId;
      const program = newProgram();
      programs.set(id, program);
      give({ order: 'run', id, command });
      const exited = program.exited.promise;
      const pid = await Promise.race([program.started.promise, exited.then(refuse(command))]);
      const stop = async (signal?: NodeJS.Signals) => {
        give({ order: 'stop', id, signal });
        await exited;
      };
      return { pid, exited, stop };
    },
    async close() {
      child.stdin.end();
      await gone;
    },
  };
}

type Program = {
  readonly started: PromiseWithResolvers<number>;
  readonly exited: PromiseWithResolvers<KeptExit>;
};

function newProgram(): Program {
  return { started: Promise.withResolvers(), exited: Promise.withResolvers() };
}

function refuse(command: KeptCommand): (exit: KeptExit) => never {
  return ({ failure }) => {
    throw environmentError(`${command.file} cannot be started: ${failure ?? 'its keeper ended'}`);
  };
}

function readReports(child: KeeperProcess): {
  readonly ready: Promise<string>;
  readonly programs: Map<number, Program>;
} {
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  const programs = new Map<number, Program>();
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-2_000);
  });
  child.once('error', reject);
  createInterface({ input: child.stdout }).on('line', (line) => {
    const it = JSON.parse(line) as KeeperReport;
    if (it.report === 'ready') resolve(it.folder);
    else if (it.report === 'started') programs.get(it.id)?.started.resolve(it.pid);
    else programs.get(it.id)?.exited.resolve(it.exit);
  });
  child.once('close', () => {
    const failure = complaint.trim();
    reject(environmentError(`the keeper of the lab ended: ${failure}`));
    for (const program of programs.values())
      program.exited.resolve({ code: null, signal: null, failure });
  });
  return { ready, programs };
}
