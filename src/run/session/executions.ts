import type { EventOf } from '#events/log/event.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { Execute } from '#machine/effect.ts';
import { secretParameters } from '#safety/actions/secret-parameters.ts';
import type { ExecuteContext } from '#steps/executor.ts';
import type { SecretValues } from '../values/secrets.ts';
import { Execution, type ExecutionSurroundings } from './execution.ts';
import { keyOf } from './execution-key.ts';
import type { ReportError } from './listeners.ts';
import { Stopwatch } from './stopwatch.ts';

/** What executions need of the run. */
export type ExecutionsParts = {
  readonly surroundings: ExecutionSurroundings;
  readonly secrets: SecretValues;
  readonly monotonic: () => number;
  readonly reportError: ReportError;
  readonly random: () => number;
};

/** Who is told what executions say. */
export type ExecutionsListener = {
  readonly onLive: (live: LiveOutput) => void;
  readonly onEnd: (event: EventOf<'step.finished'>) => void;
};

/** All that is being carried out now: one action, or several side by side. */
export class Executions {
  readonly #parts: ExecutionsParts;
  readonly #listener: ExecutionsListener;
  readonly #running = new Map<string, Execution>();
  readonly #stopwatch: Stopwatch;
  #takeTerminal: ExecuteContext['takeTerminal'] | undefined;

  constructor(parts: ExecutionsParts, listener: ExecutionsListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#stopwatch = new Stopwatch(parts.monotonic);
  }

  /** True when nothing runs. */
  get areOver(): boolean {
    return this.#running.size === 0;
  }

  /** Lets interactive scripts have the terminal. */
  lendTerminal(lend: NonNullable<ExecuteContext['takeTerminal']>): void {
    this.#takeTerminal = lend;
  }

  /** Carries out an action; the listener is told how it ended. */
  start(execute: Execute): void {
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

  /** Ends all of them early; each says how that went. */
  cancel(): void {
    for (const execution of this.#running.values()) execution.cancel();
  }
}

/** Remembers the secrets that a probe is told, e.g. a password, so that they are masked from here on. */
export function keepSecretParameters({ step, action }: Execute, secrets: SecretValues): void {
  if ('unresolved' in action) return;
  for (const { name, value } of secretParameters(action))
    secrets.keepFound(`${step}.${name}`, value);
}
