import { RunbookError } from '#errors.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Action, ProbeAction } from '#safety/actions/action.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import type { Environment } from '../shell/environment.ts';
import { Deadline, roundMs } from '../wire/deadline.ts';
import type { ProbeContext, ProbeReport } from './context.ts';
import { readParameters } from './read-parameters.ts';

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
export interface ProbeExecutor extends Executor {
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
  const start = await load(action, context);
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

/** Returns a function that starts a probe. Loading its code does not count as its time. */
async function load(
  { probe, params }: ProbeAction,
  context: ProbeContext,
): Promise<() => Promise<ProbeReport>> {
  switch (probe) {
    case 'config': {
      const { probeConfig } = await import('./config/url.ts');
      return async () => probeConfig(readParameters(probe, params));
    }
    case 'dns': {
      const { probeDns } = await import('./dns/names.ts');
      return async () => probeDns(readParameters(probe, params), context);
    }
    case 'tcp': {
      const { probeTcp } = await import('./tcp.ts');
      return async () => probeTcp(readParameters(probe, params), context);
    }
    case 'tls': {
      const { probeTls } = await import('./tls/certificate-check.ts');
      return async () => probeTls(readParameters(probe, params), context);
    }
    case 'login': {
      const { probeLogin } = await import('./login/result.ts');
      return async () => probeLogin(readParameters(probe, params), context);
    }
    case 'http': {
      const { probeHttp } = await import('./http/page.ts');
      return async () => probeHttp(readParameters(probe, params), context);
    }
  }
}
