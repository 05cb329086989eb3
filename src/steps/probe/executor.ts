import { EXIT, RunbookError } from '#errors.ts';
import {
  type ParametersOf,
  PROBE_PARAMETERS,
  type ProbeName,
  type ProbeParameter,
} from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { ProbeAction } from '#safety/kinds/probe.ts';
import { didYouMean } from '#text/suggest.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import type { Environment } from '../shell/environment.ts';
import { Deadline, roundMs } from '../wire/deadline.ts';
import type { ProbeContext, ProbeReport } from './context.ts';

/** The options of a probe executor. */
export type ProbeExecutorOptions = {
  /** The application name of a login, e.g. `runbook/<run id>`. */
  readonly applicationName: string;
  /** The environment that supplies `PGSSLMODE`. */
  readonly env: Environment;
  /**
   * ADDRESS or ADDRESS:PORT of the name servers that explain a failed lookup; the system's if
   * undefined.
   */
  readonly nameServers?: readonly string[] | undefined;
};

/** Runs probes. Each kind is loaded on first use. */
interface ProbeExecutor extends Executor {
  execute(action: Action | ProbeAction, context: ExecuteContext): Promise<StepOutcome>;
}

/**
 * Returns an executor for probes. They only read, keep no connection, and end at their time limit
 * or when the step is ended, even if the peer hangs. The result includes `ms`, even for a failed
 * probe.
 */
export function createProbeExecutor(options: ProbeExecutorOptions): ProbeExecutor {
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  return {
    async execute(action, { signal }) {
      if (action.kind !== 'probe') throw new TypeError(`a probe cannot run ${action.kind}`);
      const { nameServers, ...rest } = options;
      const deadline = new Deadline(action.timeoutMs, AbortSignal.any([signal, closing.signal]));
      const outcome = carryOut(action, { ...rest, nameServers, deadline });
      running.add(outcome);
      return outcome.finally(() => running.delete(outcome));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

async function carryOut(action: ProbeAction, context: ProbeContext): Promise<StepOutcome> {
  const start = await load(action.probe, action.params, context);
  const startedAt = performance.now();
  const { result, error } = await start().catch(
    (thrown: unknown): ProbeReport => ({ result: {}, error: configError(thrown) }),
  );
  const timed = { ...result, ms: roundMs(performance.now() - startedAt) };
  if (error === undefined) return { status: 'succeeded', result: timed };
  return { status: 'failed', error, result: timed };
}

/**
 * Converts an error in a probe's parameters. Rethrows any other exception: it is an internal error.
 */
function configError(thrown: unknown): StepError {
  if (!(thrown instanceof RunbookError)) throw thrown;
  const { message, hint } = thrown;
  return { kind: 'config', message, ...(hint !== undefined && { hint }) };
}

type Probe<Name extends ProbeName> = (
  parameters: ParametersOf<Name>,
  context: ProbeContext,
) => ProbeReport | Promise<ProbeReport>;

const PROBES: { readonly [Name in ProbeName]: () => Promise<Probe<Name>> } = {
  config: async () => (await import('./config/url.ts')).probeConfig,
  dns: async () => (await import('./dns/names.ts')).probeDns,
  tcp: async () => (await import('./tcp.ts')).probeTcp,
  tls: async () => (await import('./tls/certificate-check.ts')).probeTls,
  login: async () => (await import('./login.ts')).probeLogin,
  http: async () => (await import('./http/page.ts')).probeHttp,
};

/** Returns a function that starts a probe. Loading its code does not count as its time. */
async function load<Name extends ProbeName>(
  probe: Name,
  params: ProbeAction['params'],
  context: ProbeContext,
): Promise<() => Promise<ProbeReport>> {
  const run = await PROBES[probe]();
  return async () => run(readParameters(probe, params), context);
}

/**
 * Validates the parameters of a probe; null counts as missing. Throws a RunbookError that names the
 * parameter and never its value, which may be a secret.
 */
function readParameters<Name extends ProbeName>(
  probe: Name,
  given: Readonly<Record<string, Json>>,
): ParametersOf<Name> {
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[probe];
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name))
      throw wrong(`${probe} has no parameter "${name}"`, didYouMean(name, Object.keys(known)));
  const values = Object.entries(known).map(([name, parameter]) => {
    const value = given[name] ?? undefined;
    if (value === undefined && parameter.required) throw wrong(`${probe} needs ${name}`);
    const what = `${name} of ${probe}`;
    return [name, value === undefined ? undefined : readValue(what, parameter, value)];
  });
  return Object.fromEntries(values) as ParametersOf<Name>;
}

function readValue(what: string, parameter: ProbeParameter, value: Json): Json {
  const { type, choices } = parameter;
  if (type === 'integer') return readInteger(what, parameter, value);
  if (type === 'integers')
    return (Array.isArray(value) ? value : [value]).map((item: Json) =>
      readInteger(what, parameter, item),
    );
  const text = String(value);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw wrong(`${what} is neither true nor false`);
  }
  if (typeof value === 'object') throw wrong(`${what} is not text`);
  if (choices !== undefined && !choices.includes(text))
    throw wrong(`${what} is not one of ${choices.join(', ')}`);
  return text;
}

function readInteger(what: string, { range }: ProbeParameter, value: Json): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const [least, most] = range ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most)
    return Number(number);
  const bounds = range === undefined ? '' : ` from ${least} to ${most}`;
  throw wrong(`${what} is not a whole number${bounds}`);
}

function wrong(message: string, hint?: string): RunbookError {
  return new RunbookError(message, { code: 'probe-parameter', exitCode: EXIT.invalid, hint });
}
