import type { EventOf, RunEvent } from '#events/log/event.ts';
import { Listeners, type ReportError } from '#events/log/listeners.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunChange } from '#events/log/run-handle.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Journal } from '../journal/port.ts';
import { maskEvent } from '../values/mask-event.ts';
import type { SecretValues } from '../values/secrets.ts';

/** The dependencies of a recorder. */
export type RecorderParts = {
  readonly journal: Journal;
  readonly secrets: SecretValues;
  readonly reportError: ReportError;
};

/**
 * Writes the events of a run and folds them into its view; listeners are notified at the end of a
 * turn.
 */
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #listeners: Listeners;
  #view: RunView;
  #told: RunView;
  #isOwed = false;

  /** Continues a journal whose events so far fold into `view`. */
  constructor(parts: RecorderParts, view: RunView) {
    this.#parts = parts;
    this.#listeners = new Listeners(parts.reportError);
    this.#view = view;
    this.#told = view;
  }

  /** The view of all written events. */
  get view(): RunView {
    return this.#view;
  }

  /** The view that listeners have: only durable events. */
  get told(): RunView {
    return this.#told;
  }

  /** Writes an event. Throws if it cannot be written. */
  record(event: RunEvent, at?: string): void {
    const { journal, secrets } = this.#parts;
    const recorded = journal.append(maskEvent(event, secrets.redactor), at);
    this.#isOwed ||= isDurable(event, this.#view);
    this.#view = foldEvent(this.#view, recorded);
    this.#listeners.queue({ view: this.#view, event: recorded });
  }

  /** Records the end of an action that the machine did not expect. */
  recordUnexpected(event: EventOf<'step.finished'>): void {
    this.record({ ...event, unexpected: true });
    this.#parts.reportError(new Error(`${event.step} ended, and the run was not waiting for it`));
  }

  /** Resolves once everything is durable, if required; returns undefined if not. */
  settled(): Promise<void> | undefined {
    if (!this.#isOwed) return undefined;
    this.#isOwed = false;
    return this.#parts.journal.durable();
  }

  /** Queues the live output of an action. */
  queue(live: LiveOutput): void {
    this.#listeners.queue({ view: this.#view, live });
  }

  /** Notifies the listeners of what was written since, in order. */
  tell(): void {
    this.#told = this.#view;
    this.#listeners.tell();
  }

  /** Drops pending notifications: their events may not be in the journal. */
  forget(): void {
    this.#listeners.forget();
    this.#view = this.#told;
  }

  /** Adds a listener; the returned function removes it. */
  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }
}

/**
 * Returns whether an event must be on the disk before the run continues: an answer to a gate, the
 * start and the end of an action that is not a read, and any stop of the run. `view` includes all
 * events before it.
 */
export function isDurable(event: RunEvent, view: RunView): boolean {
  switch (event.type) {
    case 'gate.answered':
    case 'run.resumed':
    case 'run.paused':
    case 'run.finished':
      return true;
    case 'step.started':
      return event.effect !== 'read';
    case 'step.finished':
      return event.unexpected === true || endsChange(event, view);
    default:
      return false;
  }
}

function endsChange({ part, step }: Extract<RunEvent, { type: 'step.finished' }>, view: RunView) {
  if (part !== 'action') return part === 'undo';
  const isIt = ({ id }: { readonly id: string }) => id === step;
  return (view.steps.find(isIt) ?? view.adhoc?.find(isIt))?.effect !== 'read';
}
