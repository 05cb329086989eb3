import type { Retry } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';

/** Returns whether a failed read is retried after its `attempt`th attempt. */
export function retriesAfter(retry: Retry | undefined, error: StepError, attempt: number): boolean {
  if (retry === undefined || attempt >= retry.attempts) return false;
  if (error.kind === 'cancelled' || error.kind === 'unresolved') return false;
  return retry.on.length === 0 || retry.on.includes(error.kind);
}

/**
 * Returns the delay before the next attempt in milliseconds: it grows by `backoff` with each
 * attempt up to the maximum; jitter reduces it by up to half (`random` in [0, 1)).
 */
export function delayOf(retry: Retry, attempt: number, random: number): number {
  const full = Math.min(retry.maxDelayMs, retry.delayMs * retry.backoff ** (attempt - 1));
  return Math.round(retry.jitter ? full * (1 - random / 2) : full);
}
