import { beforeItBegan } from '#runbook/model/step-error.ts';
import { type Action, targetOf } from '#safety/actions/action.ts';
import type { ExecuteContext, Executor, StepOutcome } from '#steps/executor.ts';
import {
  type OpenExecutors,
  type OpenExecutorsOptions,
  openExecutors,
  type ResolvedTarget,
  type TargetConnection,
} from '#steps/open-executors.ts';

/** The options of connections. */
export type ConnectionsOptions = Omit<OpenExecutorsOptions, 'targets'> & {
  /** Returns the current address of a target, by its name in the run. */
  readonly targetNamed: (name: string) => ResolvedTarget | undefined;
  /** Returns all targets with their current addresses. */
  readonly targets: () => readonly ResolvedTarget[];
  /** Returns whether the run knows the server of a target, by its name in the run. */
  readonly isKnown: (name: string) => boolean;
};

type Opened = {
  readonly name: string;
  readonly executors: OpenExecutors;
  /** The facts from the most recent connection. */
  facts: TargetConnection | undefined;
  /** True once inputs were edited: the run has forgotten the facts. */
  isForgotten: boolean;
};

/**
 * The executors of a run, one set per address: targets with the same address share their
 * connection, whichever runbook names them. Actions on a database take turns.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #turns = new WeakMap<Executor, OneAtATime>();
  #opened = new Map<string, Opened>();
  #closing: Promise<unknown> = Promise.resolve();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Returns the executor of an action; it is loaded and connected on first use. */
  async executorFor(action: Action): Promise<Executor> {
    // The slot that the run occupied may be the only one it can get on a full server.
    await this.#closing;
    const target = targetOf(action);
    const resolved = target === undefined ? undefined : this.#resolved(action, target);
    const opened = this.#at(resolved);
    const { name, executors } = opened;
    if (resolved === undefined || !('target' in action)) return await executors.executorFor(action);
    this.#remind(opened);
    const executor = await executors.executorFor({ ...action, target: name });
    const inTurn = resolved.kind === 'database' ? this.#takingTurns(executor) : executor;
    return resolved.kind === 'database' && action.kind === 'connect'
      ? this.#telling(inTurn, action.target, opened)
      : inTurn;
  }

  #resolved(action: Action, target: string): ResolvedTarget | undefined {
    const { place } =
      action.kind === 'shell' ? action : (action.kind === 'connect' && action.script) || {};
    return place === undefined ? this.#options.targetNamed(target) : { ...place, name: target };
  }

  /** Closes all connections; later uses open new ones. */
  async close(): Promise<void> {
    const opened = [...this.#opened.values()];
    this.#opened = new Map();
    const closed = Promise.all(opened.map(({ executors }) => executors.close()));
    this.#closing = closed.catch(() => undefined);
    await closed;
  }

  /**
   * Closes the connections to addresses that no target has after inputs were edited. The others stay
   * open, since a full server may have no slot for another login.
   */
  async closeUnused(): Promise<void> {
    const used = new Set(this.#options.targets().map(addressOf));
    const unused = [...this.#opened].filter(([address]) => address !== '' && !used.has(address));
    for (const [address] of unused) this.#opened.delete(address);
    for (const opened of this.#opened.values()) opened.isForgotten = true;
    const closed = Promise.all(unused.map(([, { executors }]) => executors.close()));
    this.#closing = closed.catch(() => undefined);
    await closed;
  }

  /** Reports a connection again that the run has forgotten. */
  #remind(opened: Opened): void {
    const { facts, isForgotten, name } = opened;
    opened.isForgotten = false;
    if (isForgotten && facts !== undefined) this.#options.onConnected(name, facts);
  }

  #at(target: ResolvedTarget | undefined): Opened {
    const address = target === undefined ? '' : addressOf(target);
    const known = this.#opened.get(address);
    if (known !== undefined) return known;
    const targets = target === undefined ? [] : [target];
    const onConnected = (name: string, made: TargetConnection) => {
      opened.facts = made;
      this.#options.onConnected(name, made);
    };
    const opened: Opened = {
      name: target?.name ?? '',
      executors: openExecutors({ ...this.#options, targets, onConnected }),
      facts: undefined,
      isForgotten: false,
    };
    this.#opened.set(address, opened);
    return opened;
  }

  /** Reports the facts of a shared connection to targets that reuse it. */
  #telling(executor: Executor, target: string, opened: Opened): Executor {
    return {
      execute: async (action, context) => {
        const outcome = await executor.execute(action, context);
        const said = opened.facts;
        if (outcome.status === 'succeeded' && said !== undefined && !this.#options.isKnown(target))
          this.#options.onConnected(target, said);
        return outcome;
      },
      close: () => executor.close(),
    };
  }

  #takingTurns(executor: Executor): Executor {
    const known = this.#turns.get(executor) ?? new OneAtATime(executor);
    this.#turns.set(executor, known);
    return known;
  }
}

function addressOf({ name: _, ...address }: ResolvedTarget): string {
  return JSON.stringify(address);
}

/** Serializes the actions on one connection, which has one session and one transaction. */
class OneAtATime implements Executor {
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
  error: beforeItBegan({ kind: 'cancelled', message: 'cancelled before it had begun' }),
};
