import type { EventOf } from '#events/log/event.ts';
import type { ReportError } from '#events/log/listeners.ts';
import type { Follower } from './follower.ts';

/** The event that someone started or stopped following a run. */
export type Notice = EventOf<'run.watched'>;

/**
 * Messages from followers of a run to the process that writes it: only the writer may record them.
 */
export type RunNotices = {
  /**
   * Leaves a notice. Never rejects: on failure the notice is not recorded, and nothing else
   * changes.
   */
  leave(notice: Notice): Promise<void>;
  /** Calls the listener for every notice until the returned function is called. */
  receive(listener: (notice: Notice) => void): () => void;
};

/** Somebody who attaches to a run. */
export type Watcher = Pick<Notice, 'operator' | 'host' | 'pid'> & {
  readonly reportError: ReportError;
  /** Reads what has happened so far as news, instead of starting from it. */
  readonly fromStart: boolean;
  /** Called with the reasons why the run has not begun. */
  readonly say: (text: string) => void;
  /** Aborted when the watcher has gone. */
  readonly gone: AbortSignal;
};

/** A run that another process executes, as somebody sees it. */
export type AttachedRun = {
  /** Undefined if the watcher left before it had begun. */
  readonly run: Follower | undefined;
  /** Why intents from here are refused, as a sentence; undefined if they are sent to the run. */
  readonly readOnly?: string | undefined;
  /** Returns the time of the process that executes it, in milliseconds since 1970. */
  readonly clock: () => number;
  /**
   * Returns what to tell somebody who leaves the run, because it waits or for another reason;
   * undefined if the run has come to rest.
   */
  readonly farewell: (waits: boolean) => string | undefined;
  /** The name of the server of the run. */
  readonly server?: string;
  detach(): Promise<void>;
};
