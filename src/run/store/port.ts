import type { Source } from '#runbook/yaml/source.ts';
import type { RunNotices } from '../follow/port.ts';
import type { RunJournal } from '../journal/port.ts';
import type { RunOutputs } from '../outputs/port.ts';
import type { ChildSource } from '../values/child-runbooks.ts';

/** The texts of the runbooks of a run, as they were when it began. */
export type RunSources = {
  /** Resolves with the text of the run's runbook; rejects when it is not there. */
  runbook(): Promise<string>;
  /** Resolves with the text of a runbook that runs as one of its steps, by name. */
  child(name: string): Promise<string>;
};

/** One run as a store keeps it. */
export type RunRecord = {
  readonly id: string;
  readonly journal: RunJournal;
  readonly outputs: RunOutputs;
  readonly sources: RunSources;
  readonly notices: RunNotices;
};

/** What a new run is made of. */
export type NewRun = {
  readonly source: Source;
  /** The runbooks that run as its steps. */
  readonly children?: readonly ChildSource[];
  /** The runbook's name, which becomes a part of the run's id. */
  readonly name: string;
  readonly now: Date;
  /** Returns a number in [0, 1). */
  readonly random: () => number;
};

/** Keeps runs. */
export type RunStore = {
  /** Makes a run with copies of its runbooks, and an empty journal; rejects when it cannot be kept. */
  create(run: NewRun): Promise<RunRecord>;
  /** Finds a run by its id, the beginning or last part of it, or `latest`; rejects when it is not one. */
  open(wanted: string): Promise<RunRecord>;
};
