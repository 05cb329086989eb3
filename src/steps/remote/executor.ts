import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { ConnectAction } from '#safety/actions/action.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { type Environment, shellEnvironment } from '../shell/environment.ts';
import { terminalOutcome } from '../shell/outcome.ts';
import { parsedBytes } from '../shell/parsed-output.ts';
import { RunningScript, type ScriptLimits } from '../shell/running-script.ts';
import { isTooLong, STRICT } from '../shell/strict-script.ts';
import { runOnTerminal } from '../shell/terminal-script.ts';
import { bootstrap, scriptParts } from './bootstrap.ts';
import type { Asking, Client } from './client.ts';
import { startError } from './client-error.ts';
import { ConfirmedPlace, type RunThere } from './confirmed-place.ts';
import { FarBash } from './far-bash.ts';
import { lookScript } from './look.ts';
import { OTHER_PLACE, remoteOutcome } from './outcome.ts';

/** The options of a remote executor. All but the client have defaults. */
type RemoteExecutorOptions = {
  readonly client: Client;
  /** The environment that the client gets a part of. @default process.env */
  readonly env?: Environment;
  /** The milliseconds between SIGTERM and SIGKILL. @default 2000 */
  readonly graceMs?: number;
  /** The bytes of each stream that a result keeps, from both ends. @default 262144 */
  readonly keptBytes?: number;
};

/**
 * Returns an executor that runs scripts with a remote bash, as {@link createShellExecutor} runs
 * them locally: in strict mode, each in its own process group, which a timeout or the operator
 * ends. A script, its variables, directory and input are sent as data, never on a command line of
 * this machine.
 */
export function createRemoteExecutor(options: RemoteExecutorOptions): Executor {
  const { client } = options;
  const env = shellEnvironment(options.env ?? process.env);
  const limits = { graceMs: options.graceMs ?? 2_000, keptBytes: options.keptBytes ?? 256 * 1024 };
  const running = new Set<RunningScript>();
  const place = new ConfirmedPlace(client);
  const closing = new AbortController();

  /** Connects, and then does what is left within the time of the action. */
  const connected = async <A extends ShellAction | ConnectAction>(
    action: A,
    context: ExecuteContext,
    then: (action: A, run: RunThere, context: ExecuteContext, how: Asking) => Promise<StepOutcome>,
  ): Promise<StepOutcome> => {
    const { signal } = context;
    const startedAt = performance.now();
    const error = await client.connect?.(action.timeoutMs, signal);
    if (error !== undefined) return asksToLogIn(action, error) ? UNIDENTIFIED : notBegun(error);
    const leftMs = () => Math.max(1, action.timeoutMs - (performance.now() - startedAt));
    const run: RunThere = (one, script, how, expected) =>
      runScript(one, script, how, { env, limits, running, timeoutMs: leftMs(), expected });
    return await then(action, run, context, { env, signal, timeoutMs: leftMs() });
  };
  const looked = (
    action: ShellAction | ConnectAction,
    run: RunThere,
    _: ExecuteContext,
    how: Asking,
  ) => place.look(action, run, how);
  const confirmed = async (
    action: ShellAction,
    run: RunThere,
    context: ExecuteContext,
    how: Asking,
  ): Promise<StepOutcome> => {
    const { expectedServer = '' } = context;
    const there = await place.stillThere(expectedServer, how);
    if ('error' in there) return notBegun(there.error);
    if (!action.interactive) return await run(there.client, action, context, there.printed);
    // Its input is the terminal: it cannot be told what to compare, so a look does it just before.
    const now = await place.look(action, run, how);
    if (now.status !== 'succeeded') return now;
    if (now.result.server !== expectedServer) return notBegun(OTHER_PLACE);
    return await onTerminal(there.client, action, context, env, limits);
  };
  return {
    async execute(action, context): Promise<StepOutcome> {
      const signal = AbortSignal.any([context.signal, closing.signal]);
      if (signal.aborted) return notBegun({ kind: 'cancelled', message: 'never started' });
      if (action.kind === 'connect') return await connected(action, { ...context, signal }, looked);
      if (action.kind !== 'shell') throw new TypeError(`bash cannot run ${action.kind}`);
      const refused = refusal(action, client.place);
      if (refused !== undefined) return notBegun(refused);
      const within = { ...context, signal };
      if (context.expectedServer !== undefined) return await connected(action, within, confirmed);
      if (action.interactive) return await onTerminal(client, action, within, env, limits);
      return await connected(action, within, (_, run) => run(client, action, within));
    },
    async close() {
      closing.abort();
      await Promise.all([...running].map((script) => script.stop('cancelled')));
      await client.close();
    },
  };
}

/** ssh asks for the login of an interactive script on its terminal, where nothing can look before. */
function asksToLogIn(action: ShellAction | ConnectAction, { kind }: StepError): boolean {
  return action.kind === 'connect' && action.script?.interactive === true && kind === 'auth';
}

const UNIDENTIFIED: StepOutcome = {
  status: 'succeeded',
  result: { shown: 'could not be identified: it asks for a login' },
};

function notBegun(error: StepError): StepOutcome {
  return { status: 'failed', error: beforeItBegan(error) };
}

async function runScript(
  client: Client,
  action: ShellAction,
  context: ExecuteContext,
  {
    env,
    limits,
    running,
    timeoutMs,
    expected,
  }: {
    readonly env: Readonly<Record<string, string>>;
    readonly limits: ScriptLimits;
    readonly running: Set<RunningScript>;
    readonly timeoutMs: number;
    readonly expected?: string | undefined;
  },
): Promise<StepOutcome> {
  const notAfter = await context.mayStart?.();
  // The clocks differ: the far side counts from its own beginning, which is later than now.
  const limitS =
    notAfter === undefined ? undefined : Math.max(0, Math.floor((notAfter - Date.now()) / 1_000));
  const mark = randomBytes(16).toString('hex');
  const { program, words } = client.call(bootstrap(mark), false);
  const child = spawn(program, words, { env, stdio: 'pipe', detached: true });
  // The client may end before it has read all input.
  child.stdin.on('error', () => {});
  const pid = child.pid;
  if (pid === undefined) {
    const cause = await new Promise<NodeJS.ErrnoException>((tell) => child.once('error', tell));
    return notBegun(startError(program, cause));
  }
  const { graceMs } = limits;
  const text = scriptParts({
    ...{ ...action, script: `${STRICT}${action.script}` },
    ...{ mark, graceMs, limitS },
    expected: expected === undefined ? undefined : { look: lookScript(client), printed: expected },
  });
  const far = new FarBash(child, { mark, text }, { client, env, graceMs });
  const script = new RunningScript(
    child,
    pid,
    { ...limits, parsedBytes: parsedBytes(action.parse) },
    far,
  );
  running.add(script);
  try {
    return remoteOutcome(action, await script.end(timeoutMs, context), far.reports, client);
  } finally {
    running.delete(script);
    child.stdin.destroy();
  }
}

async function onTerminal(
  client: Client,
  action: ShellAction,
  context: ExecuteContext,
  env: Readonly<Record<string, string>>,
  { graceMs }: ScriptLimits,
): Promise<StepOutcome> {
  const { program, words } = client.call(terminalWords(action), true);
  const limits = { timeoutMs: action.timeoutMs, graceMs };
  const end = await runOnTerminal({ words: [program, ...words], env }, limits, context);
  return terminalOutcome(action, end);
}

const VARIABLE = /^[A-Za-z_]\w*$/;

/** Returns the reason why a script cannot be sent to any remote bash; undefined if it can. */
function refusal(action: ShellAction, place: string): StepError | undefined {
  const { script, env, cwd = '', interactive } = action;
  const names = Object.keys(env);
  if (isTooLong(script)) return config('the script is too long for bash');
  if ([script, cwd, ...Object.values(env)].some((text) => text.includes('\0')))
    return config('a zero byte can be in the input of a script, and nowhere else');
  const odd = names.find((name) => !VARIABLE.test(name));
  if (odd !== undefined) return config(`bash can export no variable called "${odd}"`);
  if (!interactive || names.length === 0) return undefined;
  return {
    ...config(`an interactive script gets no variables in ${place}`),
    hint: 'They could only travel on a command line, where others see them.',
  };
}

function config(message: string): StepError {
  return { kind: 'config', message };
}

/**
 * Returns the command of an interactive script. Its input is the terminal, so the script is on the
 * command line itself, in Base64, which no login shell changes. It is not a secret.
 */
function terminalWords({ script, cwd }: ShellAction): readonly string[] {
  const folder = cwd === undefined ? '' : `CDPATH= cd -- ${quoteShell(cwd)} >/dev/null || exit; `;
  const text = `${folder}exec "$BASH" --noprofile --norc -c ${quoteShell(`${STRICT}${script}`)}`;
  const data = Buffer.from(text).toString('base64');
  return ['bash', '--noprofile', '--norc', '-c', 'eval "$(printf %s "$0" | base64 -d)"', data];
}
