import type { RunRow } from '#events/view/run-row.ts';
import type { Source } from '#runbook/yaml/source.ts';
import type { ChangeBoard } from '../changes/port.ts';
import type { AttachedRun, RunNotices, Watcher } from '../follow/port.ts';
import type { RunJournal } from '../journal/port.ts';
import type { RunOutputs } from '../outputs/port.ts';
import type { ChildSource } from '../values/child-runbooks.ts';

/** The texts of the runbooks of a run, from its start. */
export type RunSources = {
  /** Resolves with the text of the run's runbook; rejects if it is missing. */
  runbook(): Promise<string>;
  /** Resolves with the text of a runbook that runs as one of its steps, by name. */
  child(name: string): Promise<string>;
};

/** One stored run. */
export type RunRecord = {
  readonly id: string;
  /** The location of the run for a person, e.g. its folder. */
  readonly where: string;
  readonly journal: RunJournal;
  readonly outputs: RunOutputs;
  readonly sources: RunSources;
  readonly notices: RunNotices;
  /** The changes that the runs of its store are at, as seen by this one. */
  readonly board: ChangeBoard;
};

/** The content of a new run. */
export type NewRun = {
  readonly source: Source;
  /** The runbooks that run as its steps. */
  readonly children?: readonly ChildSource[];
  /** The runbook's name, which becomes part of the run's ID. */
  readonly name: string;
  readonly now: Date;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
};

/** A piece of one file of a run's archive; the pieces of a file follow each other. */
export type ArchivedPiece = {
  /** `journal.jsonl`, `runbook.yaml`, `runbooks/NAME.yaml`, or an output. */
  readonly file: string;
  readonly bytes: Buffer;
};

/** Which rows to list; all of them by default. */
export type WantedRows = { readonly runbook?: string | undefined };

/** Runs to be read: those of this machine, or those of a server. */
export type RunSource = {
  /**
   * Attaches to a run, which is found as `open` finds it; by default the most recent one in
   * progress. Rejects if there is none.
   */
  attach(wanted: string | undefined, watcher: Watcher): Promise<AttachedRun>;
  /** Returns the rows of the runs, most recent first, including unreadable ones. */
  rows(wanted?: WantedRows): AsyncIterable<RunRow>;
  /**
   * Finds a run by its ID, the first or last part of it, or `latest`; rejects unless there is
   * exactly one.
   */
  open(wanted: string): Promise<RunRecord>;
};

/** Stores runs. */
export type RunStore = RunSource & {
  /** Returns the runs, most recent first. */
  runs(): AsyncIterable<RunRecord>;
  /**
   * Stores a run from another store; rejects if it has a run with that ID, or the content is not
   * verified as unaltered. Then nothing of it is kept.
   */
  restore(id: string, content: AsyncIterable<ArchivedPiece>): Promise<RunRecord>;
  /** Deletes a run with all its files; rejects if there is no run with that ID. */
  remove(id: string): Promise<void>;
  /**
   * Creates a run with copies of its runbooks, and an empty journal; rejects if it cannot be
   * stored.
   */
  create(run: NewRun): Promise<RunRecord>;
};
