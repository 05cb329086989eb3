import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type ActionTaken, actionsTaken } from './actions.ts';
import { type RunTimes, runTimes } from './time.ts';

/** What a transcript needs besides the events. */
export type TranscriptOptions = {
  /** Returns the text of an output file of the run, or `undefined` when it is not there. */
  readonly outputs: (file: string) => string | undefined;
  /** An IANA time zone; with it the beginning and the end are shown in local time too. */
  readonly timeZone?: string;
  /** Every time is shown in local time too. */
  readonly localTimes?: boolean;
  /** The text of the runbook as it was, when it still is what the journal says. */
  readonly runbookText?: string | undefined;
  /** What checking the journal found; left out when it was not checked. */
  readonly verified?: JournalFindings;
};

/** What checking a journal's sequence and chain found. */
export type JournalFindings = {
  readonly problems: readonly { readonly line: number; readonly what: string }[];
  readonly tornBytes: number;
  /** The hash of the last good line. */
  readonly head: string;
};

/** A run as every part of its transcript sees it. */
export type TranscriptRun = {
  readonly records: readonly RecordedEvent[];
  readonly started: EventOf<'run.started'>;
  /** The run as it stood after the last event. */
  readonly view: RunView;
  /** What was changed or could have been, in order. */
  readonly actions: readonly ActionTaken[];
  readonly times: RunTimes;
  readonly options: TranscriptOptions;
};

/** Returns a run for its transcript, or `undefined` when its events do not begin with its start. */
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
