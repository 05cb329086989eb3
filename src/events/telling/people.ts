import { formatDuration } from '#text/duration.ts';
import type { EventOf } from '../log/event.ts';

/** Describes a handover from one operator to another. */
export function handoverText({ operator, to, repaired }: EventOf<'run.handed-over'>): string {
  const whom = to === undefined ? '' : ` to ${to}`;
  const repair = repaired === undefined ? '' : ` (the journal was repaired: ${repaired})`;
  return `${operator} handed the run over${whom}${repair}`;
}

/** Describes whether someone can answer the run. */
export function presenceText({ operator, attended }: EventOf<'run.attended'>): string {
  return attended ? `${operator} can answer again` : `${operator} can no longer answer`;
}

/** Describes who started or stopped watching the run from another terminal. */
export function watchText({ operator, host, status }: EventOf<'run.watched'>): string {
  const does = status === 'attached' ? 'is watching the run from' : 'stopped watching the run from';
  return `${operator} ${does} ${host}`;
}

type Cleared = NonNullable<EventOf<'run.resumed'>['cleared']>[number];

/** Returns whether an earlier session of the run was ended, e.g. `ended session 71 on db (active for 5 s)`. */
export function clearedText({ target, session, state, ms, left }: Cleared): string {
  const which = session === undefined ? 'earlier sessions' : `session ${session}`;
  const since = ms === undefined ? '' : ` for ${formatDuration(ms)}`;
  return left === undefined
    ? `ended ${which} on ${target} (${state}${since})`
    : `${which} on ${target} may still be at work: ${left}`;
}
