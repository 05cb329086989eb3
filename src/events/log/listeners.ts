import type { RunChange } from './run-handle.ts';

/** Receives the errors of listeners, which never affect the run; must not throw. */
export type ReportError = (error: unknown) => void;

/**
 * The listeners of a run, notified of every change, in order. An error in one affects neither the
 * run nor another listener.
 */
export class Listeners {
  readonly #reportError: ReportError;
  readonly #listeners = new Set<(change: RunChange) => void>();
  #untold: RunChange[] = [];
  #isTelling = false;

  constructor(reportError: ReportError) {
    this.#reportError = reportError;
  }

  /** Adds a listener; the returned function removes it. */
  add(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Queues a change until {@link tell}. */
  queue(change: RunChange): void {
    this.#untold.push(change);
  }

  /** Notifies the listeners of all queued changes; those of a listener follow once it has returned. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let change = this.#untold.shift(); change !== undefined; change = this.#untold.shift())
      for (const listener of [...this.#listeners])
        if (this.#listeners.has(listener)) this.#call(listener, change);
    this.#isTelling = false;
  }

  /** Drops all queued changes. */
  forget(): void {
    this.#untold = [];
  }

  #call(listener: (change: RunChange) => void, change: RunChange): void {
    try {
      // The type allows an async listener, which rejects instead of throwing.
      const returned: unknown = listener(change);
      if (returned instanceof Promise) returned.catch(this.#reportError);
    } catch (error) {
      this.#reportError(error);
    }
  }
}
