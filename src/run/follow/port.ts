import type { EventOf } from '#events/log/event.ts';

/** That somebody follows a run, or no longer does. */
export type Notice = EventOf<'run.watched'>;

/** How those who follow a run tell the process that writes it: only the writer may record it. */
export type RunNotices = {
  /** Leaves a notice. Never rejects: one that cannot be left is not recorded, and nothing else changes. */
  leave(notice: Notice): Promise<void>;
  /** Calls the listener for every notice that comes, until the returned function is called. */
  receive(listener: (notice: Notice) => void): () => void;
};
