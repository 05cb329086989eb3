import { RunbookError } from '#errors.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Caller } from './access.ts';
import type { RateLimit } from './rate-limit.ts';
import type { WebParts } from './seen-runs.ts';
import type { NewServedRun } from './served-runs.ts';
import { MOST_INTENTS, tooMany } from './take-intent.ts';

type StartParts = Pick<WebParts, 'runs' | 'access' | 'audit' | 'now'> & {
  readonly limit: RateLimit;
};

/** The reason why a run was not started; `retryAfterS` if it may be asked for again later. */
type NotStarted = {
  readonly status: 403 | 404 | 409 | 429;
  readonly code: string;
  readonly message: string;
  readonly retryAfterS?: number;
};

/**
 * Starts a run for somebody, and resolves with its ID or with why it was not started: also if runbook,
 * environment and inputs do not fit.
 */
export async function startRun(
  { runs, access, audit, now, limit }: StartParts,
  caller: Caller,
  asked: Omit<NewServedRun, 'person'> & { readonly mode: RunMode },
): Promise<{ readonly run: string } | NotStarted> {
  const { person } = caller;
  const { runbook, environment } = asked;
  const rights = await access.rights(caller, environment);
  if (!rights.see)
    return { status: 404, code: 'no-environment', message: 'there is no such environment' };
  const retryAfterS = limit.take(person.id, now());
  if (retryAfterS !== undefined)
    return { ...tooMany(`${MOST_INTENTS} requests in a minute`, retryAfterS), retryAfterS };
  if (!rights.operate.may) {
    const more = { runbook: runbook.slice(0, 100), environment, code: 'not-allowed' };
    await audit.note({ what: 'start-refused', person: person.id, more });
    return { status: 403, code: 'not-allowed', message: rights.operate.because };
  }
  try {
    return { run: await runs.start({ ...asked, person: person.id }) };
  } catch (error) {
    if (!(error instanceof RunbookError) || error.code !== 'usage') throw error;
    return { status: 409, code: 'refused', message: error.message };
  }
}
