import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { createProbeExecutor, type ProbeExecutorOptions } from '#steps/probe/executor.ts';

/** How one probe ended. */
export type Probed = {
  readonly status: 'succeeded' | 'failed' | 'unknown';
  readonly result: Readonly<Record<string, Json>>;
  readonly error: StepError | undefined;
};

type Options = Partial<ProbeExecutorOptions> & {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** Runs one probe the way a run does. */
export async function runProbe(
  probe: ProbeName,
  params: Readonly<Record<string, Json>>,
  { timeoutMs = 5_000, signal = new AbortController().signal, ...options }: Options = {},
): Promise<Probed> {
  const executor = createProbeExecutor({ applicationName: 'runbook/test', env: {}, ...options });
  const outcome = await executor.execute(
    { kind: 'probe', probe, params, timeoutMs },
    { signal, onOutput: () => {} },
  );
  await executor.close();
  return {
    status: outcome.status,
    result: outcome.result ?? {},
    error: outcome.status === 'succeeded' ? undefined : outcome.error,
  };
}
