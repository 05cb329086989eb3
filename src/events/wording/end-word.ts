import { wasNotSent } from '#runbook/model/step-error.ts';
import type { EventOf } from '../log/event.ts';

/** Returns how an execution ended, in a word or two; a change of which nothing was sent was not made. */
export function endWord(
  { status, error }: Pick<EventOf<'step.finished'>, 'status' | 'error'>,
  isChange: boolean,
): 'succeeded' | 'failed' | 'not sent' | 'outcome unknown' {
  if (status === 'unknown') return 'outcome unknown';
  return status === 'failed' && isChange && wasNotSent(error) ? 'not sent' : status;
}
