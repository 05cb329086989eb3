import { setTimeout as pause } from 'node:timers/promises';
import { isUnreachable } from './reach.ts';
import { type ServerApi, ServerRefusal } from './server-api.ts';
import { pathOf, stateOf } from './state.ts';

const LOOK_EVERY_MS = 500;

/** How somebody waits for a run to begin. */
export type Waiting = {
  /** Called with every new reason why it has not begun. */
  readonly say: (text: string) => void;
  /** Aborted when nobody waits any longer. */
  readonly signal: AbortSignal;
};

/**
 * Resolves with the lines of a run's journal once there are any, or with undefined if nobody waits any
 * longer. Rejects if there is no such run.
 */
export async function linesOnceBegun(
  api: ServerApi,
  run: string,
  { say, signal }: Waiting,
): Promise<Buffer | undefined> {
  let said: string | undefined;
  while (!signal.aborted) {
    const reason = await whyNotBegun(api, run);
    if (reason === undefined) return await api.bytes(pathOf(run, 'journal'));
    if (reason !== said) say(reason);
    said = reason;
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function whyNotBegun(api: ServerApi, run: string): Promise<string | undefined> {
  try {
    const { view, run: state } = await stateOf(api, run);
    if (view !== null) return undefined;
    return state.trouble === undefined
      ? 'waiting for a worker …'
      : `no worker can begin it: ${state.trouble}`;
  } catch (error) {
    const isLater = isUnreachable(error) || (error instanceof ServerRefusal && error.status >= 500);
    if (!isLater) throw error;
    return `connection to ${api.name} lost, trying again`;
  }
}
