import { environmentError } from '#errors.ts';
import { Listeners, type ReportError } from '#events/log/listeners.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import { refused, type Verdict } from '#events/log/submission.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { FollowedJournal } from '../journal/port.ts';
import { isGrowing, shownOutput } from '../outputs/shown.ts';
import type { RunRecord } from '../store/port.ts';
import { FollowedOutputs } from './outputs.ts';

const LOOK_EVERY_MS = 100;
/** The number of polls between checks that the writing process is alive. */
const LOOKS_A_CHECK = 10;

/** A run that another process writes: read-only, every intent is refused. */
export type FollowedRun = RunHandle & {
  /** Stops following the run, which continues. */
  leave(): void;
  /** True if following stopped before the run did. */
  readonly wasLeft: boolean;
};

/**
 * Follows a run through its journal until it has finished or paused, or following is stopped;
 * `ended` rejects if the writing process is gone or the journal was modified.
 */
export async function followRun(record: RunRecord, reportError: ReportError): Promise<FollowedRun> {
  const journal = await record.journal.follow();
  const view = foldEvents(await journal.look());
  if (view !== undefined) return new Follower(record, journal, view, reportError);
  journal.close();
  throw environmentError(`the run ${record.id} has not begun yet`);
}

class Follower implements FollowedRun {
  readonly ended: Promise<void>;
  readonly #record: RunRecord;
  readonly #journal: FollowedJournal;
  readonly #outputs: FollowedOutputs;
  readonly #listeners: Listeners;
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  #timer: NodeJS.Timeout;
  #view: RunView;
  #looks = 0;
  #isOver = false;
  wasLeft = false;

  constructor(
    record: RunRecord,
    journal: FollowedJournal,
    view: RunView,
    reportError: ReportError,
  ) {
    this.#record = record;
    this.#listeners = new Listeners(reportError);
    this.#journal = journal;
    this.#view = view;
    this.#outputs = new FollowedOutputs(record.outputs.source, (live) =>
      this.#tell({ view: this.#view, live }),
    );
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    promise.catch(() => undefined);
    this.#settle = { resolve, reject };
    this.#timer = this.#lookSoon();
  }

  view(): RunView {
    return this.#view;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Refuses every intent: another process drives the run. */
  async submit(): Promise<Verdict> {
    return refused('impossible', 'another process drives this run');
  }

  readOutput(file: string): Promise<string> {
    const { source } = this.#record.outputs;
    return shownOutput(source, file, { isGrowing: isGrowing(this.#view, file) });
  }

  leave(): void {
    if (this.#isOver) return;
    this.wasLeft = true;
    this.#end();
  }

  #lookSoon(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    try {
      this.#looks += 1;
      // Checked before reading, so that the last events are still read.
      const isGone = this.#looks % LOOKS_A_CHECK === 0 && !(await this.#record.journal.isWritten());
      const events = this.#isOver ? [] : await this.#journal.look();
      for (const event of events) {
        this.#view = foldEvent(this.#view, event);
        this.#tell({ view: this.#view, event });
      }
      await this.#outputs.look(this.#view);
      if (this.#isOver) return;
      const { status } = this.#view;
      if (status === 'finished' || status === 'paused') this.#end();
      else if (isGone) throw goneError(this.#record.id);
      else this.#timer = this.#lookSoon();
    } catch (error) {
      this.#end(error);
    }
  }

  #tell(change: RunChange): void {
    this.#listeners.queue(change);
    this.#listeners.tell();
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#journal.close();
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
  }
}

function goneError(id: string): Error {
  return environmentError(
    'the process that ran it has gone, and did not leave the run',
    `resume it: runbook resume ${id}`,
  );
}
