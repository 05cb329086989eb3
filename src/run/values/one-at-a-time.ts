import type { Action } from '#safety/actions/action.ts';
import type { ExecuteContext, Executor, StepOutcome } from '#steps/executor.ts';

/** Serializes the actions on one connection, which has one session and one transaction. */
export class OneAtATime implements Executor {
  readonly #executor: Executor;
  #last: Promise<unknown> = Promise.resolve();

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  execute(action: Action, context: ExecuteContext): Promise<StepOutcome> {
    const turn = this.#last.then(() =>
      context.signal.aborted ? NOT_STARTED : this.#executor.execute(action, context),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): Promise<void> {
    return this.#executor.close();
  }
}

const NOT_STARTED: StepOutcome = {
  status: 'failed',
  error: { kind: 'cancelled', message: 'cancelled before it had begun' },
};
