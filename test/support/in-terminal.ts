import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { expect, onTestFinished, vi } from 'vitest';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { scriptAction } from './run-script.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROGRAM = `
  import { writeFileSync } from 'node:fs';
  import { createRemoteExecutor } from './src/steps/remote/executor.ts';
  import { createSshClient } from './src/steps/remote/ssh.ts';
  import { createShellExecutor } from './src/steps/shell/executor.ts';
  process.on('SIGINT', () => console.log('SIGINT to the program'));
  const controller = new AbortController();
  process.on('SIGUSR1', () => controller.abort());
  const [, file, timeoutMs, destination, action] = process.argv;
  const executor = destination === ''
    ? createShellExecutor({ graceMs: 300 })
    : createRemoteExecutor({ client: createSshClient({ destination, env: process.env }), graceMs: 300 });
  process.stdin.setRawMode(true);
  const outcome = await executor.execute(
    { ...JSON.parse(action), timeoutMs: Number(timeoutMs) },
    { signal: controller.signal, onOutput: () => console.log('OUTPUT'),
      takeTerminal: async () => {
        process.stdin.setRawMode(false);
        return { release() { console.log('released'); } };
      } },
  );
  await executor.close();
  writeFileSync(file, JSON.stringify(outcome));
  process.stdin.once('data', (data) => { console.log('then typed ' + data); process.exit(); });
  console.log('ready for more');
`;

/** An interactive script in a terminal, and the person at it. */
export type TerminalSession = {
  /** The program that has the terminal before and after. */
  readonly pid: number;
  readonly text: () => string;
  readonly type: (keys: string) => void;
  says(text: string | RegExp): Promise<void>;
  outcome(): unknown;
};

type TerminalSetting = Partial<ShellAction> & {
  /** Where ssh leads; the script runs here when left out. */
  readonly destination?: string;
  readonly clientEnv?: Readonly<Record<string, string | undefined>>;
};

/** Runs an interactive script in a real terminal, by a program that has the terminal before and after. */
export function inTerminal(
  script: string,
  { timeoutMs = 20_000, destination = '', clientEnv = process.env, ...parts }: TerminalSetting = {},
): TerminalSession {
  const file = join(temporaryFolder(), 'outcome.json');
  const action = scriptAction(script, { interactive: true, ...parts });
  const args = ['--input-type=module-typescript', '--eval', PROGRAM, '--', file, String(timeoutMs)];
  const terminal = spawn(process.execPath, [...args, destination, JSON.stringify(action)], {
    cols: 80,
    rows: 24,
    env: { ...clientEnv },
  });
  onTestFinished(() => terminal.kill('SIGKILL'));
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  return {
    pid: terminal.pid,
    text: () => text,
    type: (keys) => terminal.write(keys),
    says: (expected) => vi.waitFor(() => expect(text).toMatch(expected), 10_000),
    outcome: () => JSON.parse(readFileSync(file, 'utf8')),
  };
}
