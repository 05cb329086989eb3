import { timeOfDay } from '#text/duration.ts';
import type { EventOf } from '../log/event.ts';

/** The number of runs that are named. */
const NAMED = 3;

/** Returns what a gate says of other runs at a change of its target, one sentence for each. */
export function otherRunsTexts(
  others: Pick<EventOf<'gate.others'>, 'runs' | 'error'> | undefined,
): readonly string[] {
  if (others === undefined) return [];
  const { runs, error } = others;
  if (error !== undefined)
    return [`Could not check whether another run is at the same change: ${error}.`];
  const more = runs.length - NAMED;
  if (runs.length === 0) return ['No other run is at a change of this target any more.'];
  return [
    ...runs.slice(0, NAMED).map(otherRunText),
    ...(more > 0
      ? [`${more} more ${more === 1 ? 'run' : 'runs'} at a change of this target.`]
      : []),
  ];
}

function otherRunText(other: EventOf<'gate.others'>['runs'][number]): string {
  const { run, title, operator, host, same, atWork, since, unchecked } = other;
  const who = `${operator}@${host}`;
  const when = `since ${timeOfDay(since)} UTC`;
  const certain = unchecked === true ? ' Its process cannot be checked from here.' : '';
  if (!same) return `${who} changes this target in run ${run}, ${when}: ${title}.${certain}`;
  if (atWork) return `${who} runs the same change right now in run ${run}, ${when}.${certain}`;
  return `${who} is at the gate of the same change in run ${run}, ${when}.${certain}`;
}
