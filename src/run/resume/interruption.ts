import type { EventOf } from '#events/log/event.ts';
import type { Surroundings } from '../options.ts';

/** Returns the event that records who resumes a run, and what was interrupted or repaired. */
export function resumedEvent(
  { operator, host, pid, program }: Surroundings,
  repaired: string | undefined,
  interrupted: EventOf<'run.resumed'>['interrupted'],
): EventOf<'run.resumed'> {
  return {
    type: 'run.resumed',
    operator,
    host,
    pid,
    program,
    ...(repaired === undefined ? {} : { repaired }),
    ...(interrupted === undefined ? {} : { interrupted }),
  };
}
