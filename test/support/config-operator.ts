import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventOf, RecordedEvent, RunEventType } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { runStore } from '#run/store/file/folders.ts';
import { OpenTerminal } from '../e2e/terminal.ts';
import { CACHES, LAUNCHER, requireBuild } from './built-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

requireBuild();

/** What a command said. */
export type Said = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it took. */
  readonly ms: number;
};

type Env = Readonly<Record<string, string>>;

/** Somebody with a home, a project folder and config files of their own. */
export class ConfigOperator {
  readonly home = temporaryFolder();
  /** The folder they work in: the root of a repository. */
  readonly work = join(this.home, 'work');
  readonly state = join(this.home, 'state');

  constructor() {
    mkdirSync(join(this.work, '.git'), { recursive: true });
  }

  /** Writes a file below the home folder, with its folders; returns its path. */
  write(name: string, text: string, mode = 0o600): string {
    const path = join(this.home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  /** Writes the user's config file. */
  writeUserConfig(text: string, mode = 0o600): string {
    return this.write('.config/runbook/config.yaml', text, mode);
  }

  /** Writes the config file of the project. */
  writeProjectConfig(text: string, mode = 0o644): string {
    return this.write('work/runbook.config.yaml', text, mode);
  }

  writeRunbook(name: string, text: string): void {
    this.write(`work/runbooks/${name}.yaml`, text);
  }

  /** Writes a program that is found in the path. */
  writeProgram(name: string, script: string): void {
    this.write(`bin/${name}`, `#!/bin/bash\n${script}\n`, 0o755);
  }

  /** Runs the command line without a terminal, to its end. */
  run(args: readonly string[], env: Env = {}, cwd = this.work): Promise<Said> {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const options = { env: this.#env(env), cwd, maxBuffer: 16 * 1024 * 1024 };
      const child = execFile(
        process.execPath,
        [LAUNCHER, ...args],
        options,
        (error, stdout, stderr) =>
          resolve({
            code: typeof error?.code === 'number' ? error.code : 0,
            ...{ stdout, stderr, ms: performance.now() - startedAt },
          }),
      );
      child.stdin?.end();
    });
  }

  /** Starts the command line in a terminal. */
  open(args: readonly string[], env: Env = {}): OpenTerminal {
    const terminal = new OpenTerminal({
      file: process.execPath,
      args: [LAUNCHER, ...args],
      env: this.#env(env),
      cwd: this.work,
      columns: 100,
      rows: 60,
    });
    onTestFinished(() => terminal.close());
    return terminal;
  }

  /** Returns the journal of the newest run. */
  journal(): readonly RecordedEvent[] {
    return readJournal(runStore(this.state).openRun('latest').journal).records;
  }

  /** Returns the events of one type in the journal of the newest run. */
  events<T extends RunEventType>(type: T): readonly EventOf<T>[] {
    return this.journal().flatMap(({ event }) =>
      event.type === type ? [event as EventOf<T>] : [],
    );
  }

  /** Returns what a file below the home folder holds. */
  read(name: string): string {
    return readFileSync(join(this.home, name), 'utf8');
  }

  #env(env: Env): Record<string, string> {
    return {
      ...CACHES,
      PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
      HOME: this.home,
      LANG: 'C.UTF-8',
      RUNBOOK_OPERATOR: 'kim',
      RUNBOOK_STATE: this.state,
      ...env,
    };
  }
}

/** A runbook that prints its inputs, one of them a secret, into a file and to its output. */
export const PRINTING = `name: printing
title: Print the inputs
summary: It says what it was given.
inputs:
  token: { secret: true, env: TOKEN }
  who: { env: WHO, default: nobody }
  idle_for: { type: duration, default: 1m }
  count: { type: number, default: 1 }
steps:
  - id: print
    title: Print them
    effect: read
    env: { TOKEN: "\${{ inputs.token }}" }
    shell: |
      echo "token=$TOKEN"
      echo who=\${{ inputs.who }} idle_for=\${{ inputs.idle_for }} count=\${{ inputs.count }}
      printf '%s' "$TOKEN" | wc -c
  - { id: done, title: Done, finish: { outcome: resolved, summary: Said. } }
`;
