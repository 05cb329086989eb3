import { environmentError } from '#errors.ts';
import type { RunChange, RunHandle } from '#events/log/run-handle.ts';
import { foldEvent, foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { JournalFollower } from '../journal/follow.ts';
import { liveWriter } from '../journal/lock.ts';
import { isGrowing, shownOutput } from '../outputs/shown.ts';
import type { RunFolder } from '../store/folders.ts';
import { FollowedOutputs } from './outputs.ts';

const LOOK_EVERY_MS = 100;
/** Whether its process is still there is asked once in so many looks. */
const LOOKS_A_CHECK = 10;

/** A run that another process has in hand: it can be looked at, and what is asked of it is ignored. */
export type FollowedRun = RunHandle & {
  /** Ceases to follow the run, which goes on. */
  leave(): void;
  /** True when it was ceased to be followed before it came to rest. */
  readonly wasLeft: boolean;
};

/**
 * Follows a run through its journal until it has finished or was left, or nobody follows it any more;
 * `ended` rejects when the process that wrote it has gone, or the journal is not as it was written.
 */
export function followRun(folder: RunFolder): FollowedRun {
  return new Follower(folder);
}

class Follower implements FollowedRun {
  readonly ended: Promise<void>;
  readonly #folder: RunFolder;
  readonly #journal: JournalFollower;
  readonly #outputs: FollowedOutputs;
  readonly #listeners = new Set<(change: RunChange) => void>();
  readonly #settle: { resolve: () => void; reject: (reason: unknown) => void };
  readonly #timer: NodeJS.Timeout;
  #view: RunView;
  #looks = 0;
  #isOver = false;
  wasLeft = false;

  constructor(folder: RunFolder) {
    this.#folder = folder;
    this.#journal = new JournalFollower(folder.journal);
    const view = foldEvents(this.#journal.look());
    if (view === undefined) throw environmentError(`the run ${folder.id} has not begun yet`);
    this.#view = view;
    this.#outputs = new FollowedOutputs(folder.folder, (live) =>
      this.#tell({ view: this.#view, live }),
    );
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ended = promise;
    promise.catch(() => undefined);
    this.#settle = { resolve, reject };
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  view(): RunView {
    return this.#view;
  }

  subscribe(listener: (change: RunChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing can be asked of a run that is another's. */
  send(): undefined {}

  async readOutput(file: string): Promise<string> {
    return shownOutput(this.#folder, file, { isGrowing: isGrowing(this.#view, file) });
  }

  leave(): void {
    if (this.#isOver) return;
    this.wasLeft = true;
    this.#end();
  }

  #look(): void {
    try {
      this.#looks += 1;
      // Asked before reading: what it wrote last is read all the same.
      const isGone =
        this.#looks % LOOKS_A_CHECK === 0 && liveWriter(this.#folder.folder) === undefined;
      for (const event of this.#journal.look()) {
        this.#view = foldEvent(this.#view, event);
        this.#tell({ view: this.#view, event });
      }
      this.#outputs.look(this.#view);
      const { status } = this.#view;
      if (status === 'finished' || status === 'paused') this.#end();
      else if (isGone) throw goneError(this.#folder.id);
    } catch (error) {
      this.#end(error);
    }
  }

  #tell(change: RunChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  #end(error?: unknown): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#journal.close();
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
  }
}

function goneError(id: string): Error {
  return environmentError(
    'the process that ran it has gone, and did not leave the run',
    `go on with it: runbook resume ${id}`,
  );
}
