import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { EventOf, RecordedEvent, RunEventType } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { CACHES, LAUNCHER, requireBuild } from '../support/built-command.ts';
import { endProcess, processesIn } from '../support/lab-processes.ts';
import { OpenTerminal } from './terminal.ts';

/** How the command is started. */
export type Start = {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
};

/** What the command said without a terminal. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

const RUN_WITHIN_MS = 180_000;

/** Returns an operator who goes home when the test has finished. */
export function newOperator(env: Readonly<Record<string, string>> = {}): Operator {
  const operator = new Operator(env);
  onTestFinished(() => operator.goHome());
  return operator;
}

/** Somebody with an empty home folder and a clean environment who works with the built command. */
export class Operator {
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #terminals: OpenTerminal[] = [];

  constructor(env: Readonly<Record<string, string>> = {}) {
    requireBuild();
    this.home = mkdtempSync(join(tmpdir(), 'runbook-operator-'));
    mkdirSync(join(this.home, 'work', 'runbooks'), { recursive: true });
    this.env = {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      ...CACHES,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      RUNBOOK_OPERATOR: 'kim',
      RUNBOOK_STATE: join(this.home, 'state'),
      ...env,
    };
  }

  /** Closes every terminal, ends what a killed command has left there, and removes the home folder. */
  async goHome(): Promise<void> {
    await Promise.all(this.#terminals.map((terminal) => terminal.close()));
    for (const pid of await processesIn(this.home)) endProcess(pid);
    rmSync(this.home, { recursive: true, force: true });
  }

  /** Writes a runbook of one's own, which the command finds before a shipped one of that name. */
  writeRunbook(name: string, text: string): void {
    writeFileSync(join(this.home, 'work', 'runbooks', `${name}.yaml`), text);
  }

  /** Writes a file into the folder the operator works in, at once: a script may wait for it. */
  writeWork(name: string, text: string): void {
    const file = join(this.home, 'work', name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  /** Writes one of the operator's own config files. */
  writeConfig(name: string, text: string): void {
    const folder = join(this.home, '.config', 'runbook');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  /** Returns what is in a file of the folder the operator works in; nothing when there is none. */
  readWork(name: string): string {
    try {
      return readFileSync(join(this.home, 'work', name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Starts the command in a terminal. */
  open(args: readonly string[], start: Start = {}): OpenTerminal {
    return this.openProgram(process.execPath, [LAUNCHER, ...args], start);
  }

  /** Starts the command in a terminal through another program; its arguments come last. */
  openRunbook(
    args: readonly string[],
    surroundings: readonly string[],
    start: Start = {},
  ): OpenTerminal {
    const [file = process.execPath, ...rest] = [
      ...surroundings,
      process.execPath,
      LAUNCHER,
      ...args,
    ];
    return this.openProgram(file, rest, start);
  }

  /** Starts any program in a terminal. */
  openProgram(file: string, args: readonly string[], start: Start = {}): OpenTerminal {
    const { env, ...size } = start;
    const cwd = join(this.home, 'work');
    const terminal = new OpenTerminal({ file, args, env: { ...this.env, ...env }, cwd, ...size });
    this.#terminals.push(terminal);
    return terminal;
  }

  /** Runs the command without a terminal, to its end. */
  run(args: readonly string[], start: Pick<Start, 'env'> = {}): Promise<Said> {
    const options = {
      env: { ...this.env, ...start.env },
      cwd: join(this.home, 'work'),
      maxBuffer: 64 * 1024 * 1024,
      timeout: RUN_WITHIN_MS,
    };
    return new Promise((resolve, reject) => {
      const ended = (error: unknown, stdout: string, stderr: string): void => {
        const code = error instanceof Error && 'code' in error ? error.code : 0;
        if (typeof code === 'number') resolve({ code, stdout, stderr });
        else reject(error);
      };
      execFile(process.execPath, [LAUNCHER, ...args], options, ended).stdin?.end();
    });
  }

  /** Returns the folder of the only run. */
  runFolder(): string {
    const runs = join(this.home, 'state', 'runs');
    const [name, ...others] = readdirSync(runs);
    expect(others).toEqual([]);
    return join(runs, name ?? '');
  }

  /** Returns the folder of the newest run; `undefined` when there is none yet. */
  findRunFolder(): string | undefined {
    const runs = join(this.home, 'state', 'runs');
    const newest = existsSync(runs) ? readdirSync(runs).toSorted().at(-1) : undefined;
    return newest === undefined ? undefined : join(runs, newest);
  }

  /** Returns the journal of the only run, and checks that its chain is whole. */
  journal(): readonly RecordedEvent[] {
    const { records, problems, tornBytes } = readJournal(join(this.runFolder(), 'journal.jsonl'));
    expect({ problems, tornBytes }).toEqual({ problems: [], tornBytes: 0 });
    return records;
  }

  /** Returns the events of one type in the journal of the only run. */
  events<T extends RunEventType>(type: T): readonly EventOf<T>[] {
    return this.journal().flatMap(({ event }) =>
      event.type === type ? [event as EventOf<T>] : [],
    );
  }
}
