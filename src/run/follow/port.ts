import type { EventOf } from '#events/log/event.ts';

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
