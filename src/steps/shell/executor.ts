import type { ChildProcess } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { serverIdentity } from '../database/server-identity.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { type Environment, shellEnvironment } from './environment.ts';
import { notAfterGuard, TOO_LATE_ERROR, wasTooLate } from './not-after.ts';
import { shellOutcome, terminalOutcome } from './outcome.ts';
import { parsedBytes } from './parsed-output.ts';
import { RunningScript } from './running-script.ts';
import { STRICT } from './strict-script.ts';
import { runOnTerminal } from './terminal-script.ts';

/** The options of a shell executor. All have defaults. */
export type ShellExecutorOptions = {
  /** The environment that scripts inherit a part of. @default process.env */
  readonly env?: Environment;
  /** The milliseconds between SIGTERM and SIGKILL. @default 2000 */
  readonly graceMs?: number;
  /** The bytes of each stream that a result keeps, from both ends. @default 262144 */
  readonly keptBytes?: number;
};

/**
 * Returns an executor that runs scripts with bash through zx, each in its own process group and
 * session: without a terminal, without stdin unless the action provides one, and with a clean
 * environment ({@link shellEnvironment}) below the action's own variables.
 *
 * A script runs under `set -euo pipefail`. It is an argument of bash and so visible to `ps`: secret
 * values are passed only through `action.env`, which is checked when a runbook is loaded.
 *
 * It has ended when bash has ended and its output is closed. Background processes with redirected
 * output (such as a service it started) keep running; a timeout or the operator ends the whole
 * group.
 */
export function createShellExecutor(options: ShellExecutorOptions = {}): Executor {
  const environment = shellEnvironment(options.env ?? process.env);
  const limits = { graceMs: options.graceMs ?? 2_000, keptBytes: options.keptBytes ?? 256 * 1024 };
  const running = new Set<RunningScript>();
  let bash: Promise<Bash> | undefined;
  return {
    async execute(given, context): Promise<StepOutcome> {
      if (given.kind === 'connect') return lookHere(given.script?.cwd);
      if (given.kind !== 'shell') throw new TypeError(`bash cannot run ${given.kind}`);
      const action = await inConfirmedFolder(given, context);
      if ('message' in action) return notBegun(action);
      if (context.signal.aborted) return notBegun({ kind: 'cancelled', message: 'never started' });
      if (action.interactive) return onTerminal(action, context, environment, limits.graceMs);
      bash ??= loadBash(environment);
      const loaded = await bash;
      const notAfter = await context.mayStart?.();
      const spawned = await spawnScript(loaded, action, environment, notAfter);
      const startedAt = Date.now();
      if (spawned.child === undefined) return notBegun(spawned.error);
      const script = new RunningScript(spawned.child, spawned.pid, {
        ...limits,
        parsedBytes: parsedBytes(action.parse),
      });
      running.add(script);
      try {
        const end = await script.end(action.timeoutMs, context);
        if (wasTooLate(notAfter, startedAt, end.result.exit_code)) return failed(TOO_LATE_ERROR);
        return shellOutcome(action, end);
      } finally {
        running.delete(script);
      }
    },
    async close() {
      await Promise.all([...running].map((script) => script.stop('cancelled')));
    },
  };
}

const OTHER_FOLDER: StepError = {
  kind: 'other_server',
  message: 'the folder is not the one that was confirmed',
  hint: 'Nothing was run. Confirm it for the folder that is there now.',
};

/** Resolves with a script in its folder without links if it was confirmed, or with an error. */
async function inConfirmedFolder(
  action: ShellAction,
  { expectedServer }: ExecuteContext,
): Promise<ShellAction | StepError> {
  if (expectedServer === undefined) return action;
  const found = await lookHere(action.cwd);
  if (found.status !== 'succeeded') return found.error;
  const { server, folder } = found.result;
  return server === expectedServer ? { ...action, cwd: String(folder) } : OTHER_FOLDER;
}

/** Looks where a folder of this machine leads. */
async function lookHere(cwd = '.'): Promise<StepOutcome> {
  try {
    const folder = await realpath(cwd);
    return { status: 'succeeded', result: { server: serverIdentity(folder), folder } };
  } catch (cause) {
    return failed(spawnError(cause as Error, { cwd }));
  }
}

function failed(error: StepError): StepOutcome {
  return { status: 'failed', error };
}

function notBegun(error: StepError): StepOutcome {
  return failed(beforeItBegan(error));
}

async function onTerminal(
  action: ShellAction,
  context: ExecuteContext,
  environment: Record<string, string>,
  graceMs: number,
): Promise<StepOutcome> {
  const end = await runOnTerminal(
    {
      words: ['bash', '-c', `${STRICT}${action.script}`],
      env: { ...environment, ...action.env },
      cwd: action.cwd,
    },
    { timeoutMs: action.timeoutMs, graceMs },
    context,
  );
  return terminalOutcome(action, end);
}

/**
 * Discards output: zx would keep everything a process prints in memory, and a step may print
 * gigabytes.
 */
const KEEPS_NOTHING = Object.assign([], { push: () => 0 });

/**
 * Options of zx. It reads defaults from `ZX_…` variables and from a mutable global, so each option
 * is set here. Its timeout, signal and kill are not used: they list processes with `ps`, and send
 * one signal that a process may ignore.
 */
const ZX = {
  postfix: '',
  quote: (text: string) => text,
  nothrow: true,
  quiet: true,
  verbose: false,
  detached: true,
  preferLocal: false,
  timeout: 0,
  store: { stdout: KEEPS_NOTHING, stderr: KEEPS_NOTHING, stdall: KEEPS_NOTHING },
};

type Bash = Pick<typeof import('zx/core'), '$'> & { readonly shell: string | null };

async function loadBash(environment: Record<string, string>): Promise<Bash> {
  const { $, which } = await import('zx/core');
  return { $, shell: which.sync('bash', { nothrow: true, path: environment.PATH }) };
}

type Spawned =
  | { readonly child: ChildProcess; readonly pid: number }
  | { readonly child?: undefined; readonly error: StepError };

async function spawnScript(
  { $, shell }: Bash,
  action: ShellAction,
  environment: Record<string, string>,
  notAfter: number | undefined,
): Promise<Spawned> {
  if (shell === null)
    return { error: { kind: 'not_found', message: 'bash was not found on the PATH' } };
  const input = action.stdin === '' ? undefined : action.stdin;
  const started = $({
    ...ZX,
    shell,
    prefix: `${STRICT}${notAfterGuard(notAfter)}`,
    env: { ...environment, ...action.env },
    // Without input zx would leave a pipe open that never ends.
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input }),
    ...(action.cwd !== undefined && { cwd: action.cwd }),
  })(Object.assign([action.script], { raw: [action.script] }));
  const child = started.child;
  // A script may end before it has read its input.
  child?.stdin?.on('error', () => {});
  if (child?.pid !== undefined) return { child, pid: child.pid };
  return { error: spawnError((await started).cause, action) };
}

function spawnError(cause: Error | null, action: Pick<ShellAction, 'cwd'>): StepError {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? 'unknown';
  if (code === 'ENOENT' && action.cwd !== undefined)
    return { kind: 'not_found', code, message: `there is no folder ${action.cwd} to run in` };
  if (code === 'E2BIG')
    return { kind: 'config', code, message: 'the script or its environment is too long for bash' };
  return { kind: 'unknown', code, message: `bash could not be started: ${cause?.message}` };
}
