import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What came of a command line: its exit code and all it wrote. */
export type Ended = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the command from its sources, without a terminal, and waits for its end. */
export function runbookCommand(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: options.cwd,
    input: options.input ?? '',
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      ...COMPILE_CACHE,
      HOME: options.cwd,
      RUNBOOK_OPERATOR: 'ada',
      RUNBOOK_STATE: `${options.cwd}/state`,
      ...options.env,
    },
  });
  return { exitCode: status, stdout, stderr };
}
