import type { ClientBase } from 'pg';

/** A run whose leg is to be given to a worker. */
export type LegOf = {
  readonly id: string;
  readonly label: string;
  readonly replay: number;
  readonly severity: string;
};

/** A leg that has not ended; the worker may have ended since it was given it. */
export type OpenLeg = { readonly leg: string; readonly worker: string | undefined };

/** How a leg is queued. */
export type LegOptions = {
  readonly delaySeconds?: number;
  /** Whether a person has answered the run, or looks at it: it is taken before all others. */
  readonly isAwaited?: boolean;
};

/**
 * Gives legs of runs to workers: only to those with the label, and with the same replay. It may give
 * a leg twice, or lose one: claims and the sweep of the reaper make up for both.
 */
export type Dispatch = {
  /** Queues a leg in the caller's transaction and resolves with its ID. */
  enqueue(tx: ClientBase, run: LegOf, options?: LegOptions): Promise<string>;
  /** Forgets legs of dead workers, which would keep their places. */
  cancel(legs: readonly string[]): Promise<void>;
  /** Resolves with the legs that a worker was given and that have not ended. */
  givenTo(worker: string): Promise<readonly string[]>;
  /** Forgets up to so many legs that ended before a moment; resolves with their number. */
  forget(before: Date, most: number): Promise<number>;
  /** Resolves with those of the legs that have not ended, and the worker that each was given to, if it was. */
  open(legs: readonly string[]): Promise<readonly OpenLeg[]>;
};

/** Queues a leg of a run, and notes it in the run's row. */
export async function enqueueLeg(
  tx: ClientBase,
  dispatch: Dispatch,
  run: LegOf,
  options: LegOptions = {},
): Promise<void> {
  const leg = await dispatch.enqueue(tx, run, options);
  await tx.query('UPDATE runbook.run SET leg = $2 WHERE id = $1', [run.id, leg]);
}
