import { type Block, table } from '#events/telling/block.ts';
import { blank as toFillIn } from '#events/telling/say.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { type ActionTaken, lastingEnd } from '../actions.ts';
import type { TranscriptRun } from '../run.ts';

/** A milestone of an incident. */
export type Milestone = {
  readonly name: 'Began' | 'Detected' | 'First look' | 'Cause found' | 'Mitigated' | 'Resolved';
  /** When it was (ISO time); undefined if the record cannot know it. */
  readonly at?: string;
  /** The source of the time; or why there is none. */
  readonly from: string;
  /** True if somebody has to fill in the time: it is known, but not to the record. */
  readonly isBlank: boolean;
};

/** Marks what the record cannot know. */
export const BLANK = toFillIn('to be filled in');

/** Returns the milestones as a table; those to be filled in only if `hasBlanks`. */
export function milestonesTable(run: TranscriptRun, { hasBlanks = true } = {}): Block {
  const shown = milestonesOf(run).filter(({ isBlank }) => hasBlanks || !isBlank);
  return table(
    ['milestone', 'time', 'after the first look', 'from'],
    shown.map(({ name, at, from, isBlank }) => {
      const time = at === undefined ? (isBlank ? BLANK : '–') : run.times.plain(at);
      const isFirst = at === undefined || name === 'First look';
      const ms = isFirst ? 0 : msBetween(run.view.startedAt, at);
      const before = ms < 0 ? `${formatDuration(-ms)} before` : '';
      return [name, time, isFirst || ms < 0 ? before : formatDuration(ms), from];
    }),
  );
}

/** Returns the milestones of an incident, in order, as far as the record of a run knows them. */
export function milestonesOf(run: TranscriptRun): readonly Milestone[] {
  const { view } = run;
  const [cause] = conclusionOf(view).causes;
  const isResolved = endsIncident(view.outcome);
  return [
    blank('Began', 'before the first look; alerts, dashboards or logs tell'),
    detected(run),
    { ...known('First look', view.startedAt), from: 'the run started' },
    cause === undefined
      ? missing('Cause found', 'no cause was established')
      : { ...known('Cause found', cause.at), from: 'the finding that is named as the cause' },
    mitigated(run, isResolved),
    isResolved && view.endedAt !== undefined
      ? { ...known('Resolved', view.endedAt), from: 'the run ended resolved' }
      : missing(
          'Resolved',
          `the run ${view.outcome === undefined ? 'has not ended' : `ended ${view.outcome}`}`,
        ),
  ];
}

/** The alert that started the run says when it began to fire; a source can write anything there. */
function detected({ view }: TranscriptRun): Milestone {
  const [alert] = view.alerts ?? [];
  const ms = Date.parse(alert?.startsAt ?? '');
  return alert === undefined || Number.isNaN(ms)
    ? blank('Detected', 'the alert or the first report')
    : {
        ...known('Detected', new Date(ms).toISOString()),
        from: `the alert “${alert.title}” of ${alert.source} began to fire`,
      };
}

/** Whether a change helped is known only of a run that ended resolved. */
function mitigated({ actions, view, times }: TranscriptRun, isResolved: boolean): Milestone {
  if (!isResolved) return missing('Mitigated', 'not in this record');
  const byHand = (view.changes ?? []).flatMap(({ state, at, shownAt = at, title }) => {
    const from = `“${title}” was reported done then; it was shown at ${times.plain(shownAt)}`;
    return state === 'by-hand' ? [{ at, from }] : [];
  });
  const acted = actions.flatMap((action) => lastOf(action));
  const last = [...byHand, ...acted].toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
  return last === undefined
    ? missing('Mitigated', 'nothing was changed')
    : { ...known('Mitigated', last.at), from: last.from };
}

function lastOf(action: ActionTaken): readonly { readonly at: string; readonly from: string }[] {
  const at = lastingEnd(action);
  return at === undefined ? [] : [{ at, from: `Action ${action.number} succeeded` }];
}

function known(name: Milestone['name'], at: string) {
  return { name, at, isBlank: false };
}

function blank(name: Milestone['name'], from: string): Milestone {
  return { name, from, isBlank: true };
}

function missing(name: Milestone['name'], from: string): Milestone {
  return { name, from, isBlank: false };
}
