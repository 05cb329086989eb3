import type { ShownItem } from './parts.ts';

/**
 * What a run tells its watchers besides events: the newest lines of an action that is still running.
 * It is not part of the record; when the action ends, `step.finished` holds both ends of the output.
 */
export type LiveOutput = {
  readonly step: string;
  /** The item of a repeated step it is about. */
  readonly item?: ShownItem;
  /** The newest complete lines, oldest first, masked and without control characters. */
  readonly lines: readonly string[];
  /** Bytes seen so far. */
  readonly bytes: number;
  /** The files that keep it, named like those of an `OutputRecord`; none where the disk takes none. */
  readonly files?: readonly string[];
  /** How many of the bytes are not in the files; not known to who follows a run of another process. */
  readonly droppedBytes?: number;
};
