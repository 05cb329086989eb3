import type { EventOf } from '#events/log/event.ts';
import { CURRENT_RULES } from '#events/log/run-event.ts';
import type { Surroundings } from '../options.ts';

/**
 * Returns the event that records who resumes a run, what was interrupted or repaired, which
 * sessions of it were ended, and the step that the operator chose to go on at.
 */
export function resumedEvent(
  { operator, host, pid, program, worker }: Surroundings,
  repaired: string | undefined,
  interrupted: EventOf<'run.resumed'>['interrupted'],
  cleared: EventOf<'run.resumed'>['cleared'] = [],
  at?: string,
): EventOf<'run.resumed'> {
  return {
    type: 'run.resumed',
    operator,
    host,
    pid,
    program,
    ...CURRENT_RULES,
    ...(repaired === undefined ? {} : { repaired }),
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(worker === undefined ? {} : { worker }),
    ...(cleared.length === 0 ? {} : { cleared }),
    ...(at === undefined ? {} : { at }),
  };
}
