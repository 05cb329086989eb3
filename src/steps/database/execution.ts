import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { SqlResult } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { ExecuteContext, StepOutcome } from '../executor.ts';
import { type HeldSession, NotBegun } from './held-session.ts';
import { Interruption } from './interruption.ts';

/**
 * The outcome of an action, or that the connection was lost before the server received the
 * statement.
 */
export type Execution = StepOutcome | { readonly status: 'lost-before'; readonly error: StepError };

/** The part of an execution's context that a session needs. */
type Context = Pick<ExecuteContext, 'signal' | 'expectedServer'> &
  Partial<Pick<ExecuteContext, 'onOutput'>>;

/**
 * Runs one action on a session. A read runs in a read-only transaction; a change runs outside a
 * transaction, and only on the server it was confirmed for. The server's notices are the output.
 */
export async function executeOn(
  session: HeldSession,
  action: SqlAction,
  { signal, expectedServer, onOutput }: Context,
): Promise<Execution> {
  const refused = session.refusal(action) ?? (signal.aborted ? CANCELLED : undefined);
  if (refused !== undefined) return failed(beforeItBegan(refused));
  session.onNotice = onOutput && ((notice) => onOutput('stderr', Buffer.from(`${notice}\n`)));
  session.tellVersion();
  const isServerTimed = session.isServerTimed(action);
  const interruption = new Interruption(session, action, { signal, isServerTimed });
  let execution: Execution | undefined;
  try {
    execution =
      (await prepare(session, action, interruption, expectedServer)) ??
      (await runStatement(session, action, interruption));
    return execution;
  } finally {
    await interruption.end();
    session.onNotice = undefined;
    if (action.readOnly) await session.endRead(execution?.status === 'succeeded');
  }
}

const CANCELLED: StepError = {
  kind: 'cancelled',
  phase: 'query',
  message: 'the statement was ended by the operator before it began',
};

/** Prepares the session. Returns undefined when ready; otherwise nothing has run. */
async function prepare(
  session: HeldSession,
  action: SqlAction,
  interruption: Interruption,
  expectedServer: string | undefined,
): Promise<Execution | undefined> {
  try {
    await session.prepare(action);
  } catch (thrown) {
    return notBegun(session, thrown, interruption);
  }
  const isOther = expectedServer !== undefined && expectedServer !== session.facts.server;
  const error =
    endedFirst(interruption) ?? (isOther && !action.readOnly ? OTHER_SERVER : undefined);
  return error && failed(beforeItBegan(error));
}

/** Returns the outcome of an action whose statement the server did not begin. */
function notBegun(session: HeldSession, thrown: unknown, interruption: Interruption): Execution {
  if (!session.isAnswer(thrown)) session.abandon();
  const ended = endedFirst(interruption);
  if (ended !== undefined) return failed(beforeItBegan(ended));
  const error = beforeItBegan(session.errorOf(thrown));
  return { status: error.kind === 'reset' ? 'lost-before' : 'failed', error };
}

/** Returns why a statement was ended before it began; the server need not have heard of it. */
function endedFirst({ error }: Interruption): StepError | undefined {
  if (error === undefined) return undefined;
  const { hint: _, ...ended } = error;
  return ended;
}

const OTHER_SERVER: StepError = {
  kind: 'other_server',
  phase: 'query',
  message: 'the connection leads to another server than the one that was confirmed',
  hint: 'Nothing was run. Confirm it for the server that answers now.',
};

async function runStatement(
  session: HeldSession,
  action: SqlAction,
  interruption: Interruption,
): Promise<Execution> {
  const startedAt = performance.now();
  try {
    return await session.run(action, interruption);
  } catch (thrown) {
    if (thrown instanceof NotBegun) return notBegun(session, thrown.cause, interruption);
    const answered = session.isAnswer(thrown);
    if (!answered) session.abandon();
    let error = session.errorOf(thrown, action);
    if (error.kind === 'cancelled' || !answered) error = { ...error, ...interruption.error };
    // PostgreSQL has the same code for both; the texts are localized.
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (error.kind === 'cancelled' && interruption.error === undefined && isLate)
      error = { ...error, kind: 'timeout' };
    return action.readOnly ? failed(error) : endOfChange(session, error, thrown);
  }
}

/** Returns the outcome of a change that did not succeed. */
function endOfChange(session: HeldSession, error: StepError, thrown: unknown): StepOutcome {
  if (!session.hasNoEffect(thrown)) return { status: 'unknown', error: withHint(error, LOST) };
  const isEnded = error.kind === 'cancelled' || error.kind === 'timeout';
  return failed(isEnded && session.isAnswer(thrown) ? withHint(error, session.undone) : error);
}

const LOST = 'The server may have carried it out all the same: check before running it again.';

function withHint(error: StepError, hint: string): StepError {
  return { ...error, hint: error.hint === undefined ? hint : `${error.hint} ${hint}` };
}

/** Returns the outcome of a statement that succeeded. */
export function succeeded(result: SqlResult): StepOutcome {
  return { status: 'succeeded', result };
}

/** Returns the outcome of an action that failed. */
export function failed(error: StepError): Extract<StepOutcome, { status: 'failed' }> {
  return { status: 'failed', error };
}
