import type { RecordedEvent } from '#events/log/event.ts';
import type { NewIntent, News, StoredIntent, StoredLine } from '#events/log/news.ts';
import type { OpenCounts, TeamRow, WantedRuns } from '#events/view/run-row.ts';
import type { JournalFindings } from '#report/transcript/run.ts';
import type { RunMode } from '#runbook/model/terms.ts';

/** The events of a run, as far as its journal is valid. */
export type ServedRecord = {
  readonly records: readonly RecordedEvent[];
  readonly verified: JournalFindings;
};

/** The content of a transcript besides the events. */
export type Attachments = {
  /** The beginnings of the outputs, by file. */
  readonly outputs: ReadonlyMap<string, string>;
  /** The text of the runbook, if it still matches the journal. */
  readonly runbookText: string | undefined;
  /** The drawing of the runbook with the path of the run. */
  readonly graph: string | undefined;
};

/** A run to be started. */
export type NewServedRun = {
  readonly runbook: string;
  readonly environment: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly mode: RunMode;
  readonly person: string;
  readonly key?: string | undefined;
};

/**
 * The runs of a team, as the pages and the API need them. What cannot be done by the caller, e.g. an
 * intent for a finished run, rejects with a usage error, whose message is shown.
 */
export interface ServedRuns {
  list(wanted: WantedRuns): Promise<readonly TeamRow[]>;
  /** Resolves with the number of open runs among the wanted ones, however many are listed. */
  counts(wanted: Omit<WantedRuns, 'limit'>): Promise<OpenCounts>;
  /** Resolves with undefined if there is no run with that ID. */
  find(id: string): Promise<TeamRow | undefined>;
  /** Resolves with the lines after a number; only committed ones. */
  lines(id: string, after: number): Promise<readonly StoredLine[]>;
  record(id: string): Promise<ServedRecord>;
  attachments(id: string, records: readonly RecordedEvent[]): Promise<Attachments>;
  /**
   * Yields the lines after a number, then news as it comes, until the run has finished (`end`) or the
   * signal is aborted. A slow reader may miss live output, and nothing else.
   */
  news(id: string, after: number, signal: AbortSignal): AsyncIterable<News>;
  /** Resolves with the intents of a run, oldest first. */
  intents(id: string): Promise<readonly StoredIntent[]>;
  /** Stores an intent and resolves with its ID. */
  add(intent: NewIntent): Promise<string>;
  /** Resolves with the bytes of an output, masked; undefined if there is none with that name. */
  output(id: string, file: string): Promise<Uint8Array | undefined>;
  /** Yields the run as a file that `runbook runs import` reads. */
  archive(id: string): AsyncIterable<Uint8Array>;
  /** Starts a run and resolves with its ID. */
  start(run: NewServedRun): Promise<string>;
  /** Resolves with the reason why this process cannot serve, or undefined. */
  trouble(): Promise<string | undefined>;
}
