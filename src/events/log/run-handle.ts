import type { RunView } from '../view/run-view.ts';
import type { RecordedEvent } from './event.ts';
import type { LiveOutput } from './live.ts';
import type { Submission, Verdict } from './submission.ts';

/**
 * A notification to listeners: an event was recorded, a running action printed output, or
 * there is a message that is not part of the record.
 */
export type RunChange = { readonly view: RunView } & (
  | { readonly event: RecordedEvent; readonly live?: undefined; readonly notice?: undefined }
  | { readonly live: LiveOutput; readonly event?: undefined; readonly notice?: undefined }
  | { readonly notice: RunNotice; readonly event?: undefined; readonly live?: undefined }
);

/** A message about a run on another machine, e.g. a lost connection; undefined takes it back. */
export type RunNotice = { readonly text: string | undefined };

/** A run for a screen or a line printer: a view to read, and intents to submit. */
export interface RunHandle {
  /** Returns the current view, which includes `run.started`. */
  view(): RunView;
  /** Calls the listener after every change, in order, until the returned function is called. */
  subscribe(listener: (change: RunChange) => void): () => void;
  /**
   * Submits an intent. Resolves with the verdict once it is recorded as durably as required. Never
   * rejects.
   */
  submit(submission: Submission): Promise<Verdict>;
  /**
   * Reads an output file named by an `OutputRecord` or a `LiveOutput`: masked text, or both ends of
   * a long one. Rejects if it cannot be read.
   */
  readOutput(file: string): Promise<string>;
  /** Lends the terminal to interactive scripts: `lend` resolves once the screen has released it. */
  lendTerminal?(lend: () => Promise<{ release(): void }>): void;
  /**
   * Resolves when the run has finished or paused; rejects if it cannot continue (e.g. the journal
   * cannot be written).
   */
  readonly ended: Promise<void>;
}
