import { keyOf } from '#events/log/action-key.ts';
import type { EventOf } from '#events/log/event.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { Execute } from '#machine/effect.ts';
import { secretParameters } from '#safety/kinds/probe.ts';
import type { ExecuteContext } from '#steps/executor.ts';
import type { SecretValues } from '../values/secrets.ts';
import { Execution, type ExecutionSurroundings } from './execution.ts';
import { Stopwatch } from './stopwatch.ts';

/** The dependencies of executions. */
export type ExecutionsParts = {
  readonly surroundings: ExecutionSurroundings;
  readonly secrets: SecretValues;
  readonly monotonic: () => number;
  readonly reportError: ReportError;
  readonly random: () => number;
};

/** The listeners of executions. */
export type ExecutionsListener = {
  readonly onLive: (live: LiveOutput) => void;
  readonly onEnd: (event: EventOf<'step.finished'>) => void;
};

/** The running actions: one, or several concurrent ones. */
export class Executions {
  readonly #parts: ExecutionsParts;
  readonly #listener: ExecutionsListener;
  readonly #running = new Map<string, Execution>();
  readonly #stopwatch: Stopwatch;
  /** A read beside the machine; actions that are due wait for its end. */
  #quiet: Execution | undefined;
  readonly #due: Execute[] = [];
  #takeTerminal: ExecuteContext['takeTerminal'] | undefined;

  constructor(parts: ExecutionsParts, listener: ExecutionsListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#stopwatch = new Stopwatch(parts.monotonic);
  }

  /** True if nothing runs, not even a quiet read. */
  get areOver(): boolean {
    return this.areIdle && this.#quiet === undefined;
  }

  /** True if no action of the machine runs or is due. */
  get areIdle(): boolean {
    return this.#running.size === 0 && this.#due.length === 0;
  }

  /**
   * Executes a read beside the machine, if nothing runs; returns whether it does. Actions that
   * start meanwhile wait for its end: a connection executes one statement at a time.
   */
  readQuietly(execute: Execute, onEnd: (event: EventOf<'step.finished'>) => void): boolean {
    if (!this.areOver) return false;
    const { surroundings, secrets, reportError } = this.#parts;
    keepSecretParameters(execute, secrets);
    const options = { onLive: () => undefined, reportError };
    const execution = new Execution(execute, surroundings, secrets.redactor, options);
    this.#quiet = execution;
    void execution.run().then((event) => {
      this.#quiet = undefined;
      for (const due of this.#due.splice(0)) this.start(due);
      onEnd(event);
    });
    return true;
  }

  /** Lets interactive scripts use the terminal. */
  lendTerminal(lend: NonNullable<ExecuteContext['takeTerminal']>): void {
    this.#takeTerminal = lend;
  }

  /** Executes an action; the listener receives its end. */
  start(execute: Execute): void {
    if (this.#quiet !== undefined) {
      this.#due.push(execute);
      return;
    }
    const { surroundings, secrets, random, reportError } = this.#parts;
    const key = keyOf(execute);
    keepSecretParameters(execute, secrets);
    const lending = { ...surroundings, takeTerminal: this.#takeTerminal };
    const execution = new Execution(execute, lending, secrets.redactor, {
      onLive: this.#listener.onLive,
      reportError,
    });
    const elapsed = this.#stopwatch.start(execute);
    this.#running.set(key, execution);
    // Neither of the two rejects: an end is always reported.
    void execution.run().then((event) => {
      this.#running.delete(key);
      this.#listener.onEnd({ ...event, elapsedMs: elapsed(), random: random() });
    });
  }

  /** Cancels all of them; each reports its end. */
  cancel(): void {
    this.#quiet?.cancel();
    for (const execution of this.#running.values()) execution.cancel();
  }
}

/**
 * Registers the secret parameters of a probe, e.g. a password, so that they are masked from now on.
 */
export function keepSecretParameters({ step, action }: Execute, secrets: SecretValues): void {
  if ('unresolved' in action || action.kind !== 'probe') return;
  for (const { name, value } of secretParameters(action))
    secrets.keepFound(`${step}.${name}`, value);
}
