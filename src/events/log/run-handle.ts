import type { RunView } from '../view/run-view.ts';
import type { RecordedEvent } from './event.ts';
import type { LiveOutput } from './live.ts';
import type { Submission, Verdict } from './submission.ts';

/** What a watcher of a run is told: an event was recorded, or an action that still runs printed something. */
export type RunChange =
  | { readonly view: RunView; readonly event: RecordedEvent; readonly live?: undefined }
  | { readonly view: RunView; readonly live: LiveOutput; readonly event?: undefined };

/** A run as a screen or a line printer sees it: a view to read, intents to submit. */
export interface RunHandle {
  /** Returns the newest view; `run.started` is already in it. */
  view(): RunView;
  /** Calls the listener after every change, in order, until the returned function is called. */
  subscribe(listener: (change: RunChange) => void): () => void;
  /**
   * Hands over what somebody wants, as data. Resolves with what became of it, once that is recorded as
   * durably as it has to be. Never rejects.
   */
  submit(submission: Submission): Promise<Verdict>;
  /**
   * Reads an output file named by an `OutputRecord` or a `LiveOutput`: masked text, of a long one both
   * ends. Rejects when it cannot be read.
   */
  readOutput(file: string): Promise<string>;
  /** Has the terminal lent to interactive scripts: `lend` resolves when a screen has let go of it. */
  lendTerminal?(lend: () => Promise<{ release(): void }>): void;
  /** Resolves when the run has finished or paused; rejects when the run cannot go on (a journal that cannot be written). */
  readonly ended: Promise<void>;
}
