import type { RunEvent } from '#events/log/event.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunChange } from '#events/log/run-handle.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Journal } from '../journal/port.ts';
import { maskEvent } from '../values/mask-event.ts';
import type { SecretValues } from '../values/secrets.ts';
import { isDurable } from './durable.ts';
import { Listeners, type ReportError } from './listeners.ts';

/** What a recorder writes with. */
export type RecorderParts = {
  readonly journal: Journal;
  readonly secrets: SecretValues;
  readonly reportError: ReportError;
};

/** Writes the events of a run and folds them; listeners are told only when a turn says so. */
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #listeners: Listeners;
  #view: RunView;
  #told: RunView;
  #isOwed = false;

  /** Continues a journal whose events so far made `view`. */
  constructor(parts: RecorderParts, view: RunView) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.reportError);
    this.#view = view;
    this.#told = view;
  }

  /** All that was written. */
  get view(): RunView {
    return this.#view;
  }

  /** What listeners know: nothing that may still be lost. */
  get told(): RunView {
    return this.#told;
  }

  /** Writes an event. Throws when it cannot be written. */
  record(event: RunEvent, at?: string): void {
    const { journal, secrets } = this.#parts;
    const recorded = journal.append(maskEvent(event, secrets.redactor), at);
    this.#isOwed ||= isDurable(event, this.#view);
    this.#view = foldEvent(this.#view, recorded);
    this.#listeners.queue({ view: this.#view, event: recorded });
  }

  /** Resolves when everything is durable, if it has to be; returns undefined when it does not. */
  settled(): Promise<void> | undefined {
    if (!this.#isOwed) return undefined;
    this.#isOwed = false;
    return this.#parts.journal.durable();
  }

  /** Queues what a running action printed. */
  queue(live: LiveOutput): void {
    this.#listeners.queue({ view: this.#view, live });
  }

  /** Tells the listeners what was written since, in order. */
  tell(): void {
    this.#told = this.#view;
    this.#listeners.tell();
  }

  /** Forgets what was not told: it may not be in the journal. */
  forget(): void {
    this.#listeners.forget();
    this.#view = this.#told;
  }

  /** Adds a listener; the returned function removes it. */
  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }
}
