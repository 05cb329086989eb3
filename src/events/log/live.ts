import type { ShownItem } from './parts.ts';

/**
 * The live output of a running action: its most recent lines. It is not part of the record; at the
 * end of the action, `step.finished` contains both ends of the output.
 */
export type LiveOutput = {
  readonly step: string;
  /** The item of a repeated step. */
  readonly item?: ShownItem;
  /** The most recent complete lines, oldest first, masked and without control characters. */
  readonly lines: readonly string[];
  /** The number of bytes so far. */
  readonly bytes: number;
  /** The files that store it, named like those of an `OutputRecord`; none if storage failed. */
  readonly files?: readonly string[];
  /** The number of bytes that are not in the files; undefined for a run of another process. */
  readonly droppedBytes?: number;
};
