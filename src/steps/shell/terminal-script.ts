import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { StepError } from '#runbook/model/step-error.ts';
import type { ExecuteContext } from '../executor.ts';
import { longestTimer } from '../timer-limit.ts';
import type { ScriptEnd } from './outcome.ts';
import { endProcessGroup } from './process-group.ts';

/** A local program to run on the terminal, with its arguments. */
type TerminalProgram = {
  readonly words: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
};

/**
 * The script that makes a program the terminal's foreground process group, which only a shell can
 * do. Ctrl-C then reaches that program alone, and a program stopped by Ctrl-Z, which nothing could
 * resume, is resumed. When it ends, this program's group is in the foreground again. The program's
 * process ID is written to fd 3.
 */
const FOREGROUND = `
set -m
bash -c 'echo $$ >&3; exec 3>&-; exec "$@"' bash "$@"
code=$?
while [ -n "$(jobs -s)" ]; do fg %% >/dev/null; code=$?; done
exit "$code"
`;

/** The end of a program on the terminal. */
type TerminalEnd = ScriptEnd | { readonly error: StepError };

/**
 * Runs a program on the operator's terminal. The terminal's settings are restored before the
 * terminal is released.
 */
export async function runOnTerminal(
  program: TerminalProgram,
  limits: { readonly timeoutMs: number; readonly graceMs: number },
  { signal, takeTerminal }: ExecuteContext,
): Promise<TerminalEnd> {
  if (takeTerminal === undefined) return { error: NO_TERMINAL };
  const lease = await takeTerminal();
  const settings = stty('-g');
  try {
    return await run(program, limits, signal);
  } finally {
    if (settings !== undefined) stty(settings);
    lease.release();
    // Only the script was notified of size changes while it had the terminal.
    process.kill(process.pid, 'SIGWINCH');
  }
}

const NO_TERMINAL: StepError = {
  kind: 'config',
  message: 'this script needs a terminal, and none is available',
  hint: 'Run the runbook in a terminal, or do this step by hand and mark it done.',
};

/**
 * Reads or restores the settings with the terminal's own tool: Node supports only raw and not raw.
 */
function stty(setting: string): string | undefined {
  const { status, stdout } = spawnSync('stty', [setting], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}

async function run(
  { words, env, cwd }: TerminalProgram,
  { timeoutMs, graceMs }: { readonly timeoutMs: number; readonly graceMs: number },
  signal: AbortSignal,
): Promise<TerminalEnd> {
  const child = spawn('bash', ['--noprofile', '--norc', '-c', FOREGROUND, 'bash', ...words], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const failure = Promise.withResolvers<StepError>();
  child.once('error', (error: NodeJS.ErrnoException) => failure.resolve(startError(error, cwd)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const group = groupOf(child.stdio[3] as Readable);
  let stopped: ScriptEnd['stopped'];
  let gone: Promise<boolean> = Promise.resolve(true);
  const stop = (why: NonNullable<ScriptEnd['stopped']>): void => {
    if (stopped !== undefined) return;
    stopped = why;
    gone = group.then((pid) => pid === undefined || endProcessGroup(pid, graceMs));
  };
  const timer = setTimeout(() => stop('timeout'), longestTimer(timeoutMs));
  const cancel = () => stop('cancelled');
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const error = await Promise.race([failure.promise, ended]);
  clearTimeout(timer);
  signal.removeEventListener('abort', cancel);
  if (error !== undefined) return { error };
  return {
    result: { stdout: '', stderr: '', exit_code: child.exitCode, signal: child.signalCode },
    whole: undefined,
    stopped,
    heldOpen: false,
    gone: await gone,
  };
}

function startError({ code = 'unknown', message }: NodeJS.ErrnoException, cwd?: string): StepError {
  if (code === 'ENOENT' && cwd !== undefined)
    return { kind: 'not_found', code, message: `there is no folder ${cwd} to run in` };
  if (code === 'ENOENT')
    return { kind: 'not_found', code, message: 'bash was not found on the PATH' };
  if (code === 'E2BIG')
    return { kind: 'config', code, message: 'the script or its environment is too long for bash' };
  return { kind: 'unknown', code, message };
}

/** Resolves with the process group of the program, or undefined if it never started. */
function groupOf(pipe: Readable): Promise<number | undefined> {
  return new Promise((resolve) => {
    pipe.once('data', (chunk: Buffer) => resolve(Number(chunk)));
    pipe.once('close', () => resolve(undefined));
  });
}
