import { spawnSync } from 'node:child_process';
import { CACHES, LAUNCHER, requireBuild } from './built-command.ts';

requireBuild();

/** What came of a command line: its exit code and all it wrote. */
export type Ended = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs the built command without a terminal, and waits for its end. */
export function runbookCommand(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    cwd: options.cwd,
    input: options.input ?? '',
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      ...CACHES,
      HOME: options.cwd,
      RUNBOOK_OPERATOR: 'ada',
      RUNBOOK_STATE: `${options.cwd}/state`,
      ...options.env,
    },
  });
  return { exitCode: status, stdout, stderr };
}
