import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type ActionTaken, actionsTaken } from './actions.ts';
import { type RunTimes, runTimes } from './time.ts';

/** The options of a transcript. */
export type TranscriptOptions = {
  /** Returns the text of an output file of the run, or `undefined` if it does not exist. */
  readonly outputs: (file: string) => string | undefined;
  /** An IANA time zone, in which start and end are also shown. */
  readonly timeZone?: string;
  /** Shows every time in local time too. */
  readonly localTimes?: boolean;
  /** The text of the runbook, if it still matches the journal. */
  readonly runbookText?: string | undefined;
  /** The result of verifying the journal; undefined if it was not verified. */
  readonly verified?: JournalFindings;
};

/** The result of verifying a journal's sequence and hash chain. */
export type JournalFindings = {
  readonly problems: readonly { readonly line: number; readonly what: string }[];
  readonly tornBytes: number;
  /** The hash of the last valid line. */
  readonly head: string;
};

/** A run prepared for every part of its transcript. */
export type TranscriptRun = {
  readonly records: readonly RecordedEvent[];
  readonly started: EventOf<'run.started'>;
  /** The state of the run after the last event. */
  readonly view: RunView;
  /** The changing actions, in order, executed or not. */
  readonly actions: readonly ActionTaken[];
  readonly times: RunTimes;
  readonly options: TranscriptOptions;
};

/** Prepares a run for its transcript; `undefined` if its events do not begin with its start. */
export function transcriptRun(
  records: readonly RecordedEvent[],
  options: TranscriptOptions,
): TranscriptRun | undefined {
  const [first] = records;
  if (first?.event.type !== 'run.started') return undefined;
  const view = foldEvents(records);
  if (view === undefined) return undefined;
  return {
    records,
    started: first.event,
    view,
    actions: actionsTaken(records),
    times: runTimes(first.at, options),
    options,
  };
}
