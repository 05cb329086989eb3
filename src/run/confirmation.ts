import type { RunEvent } from '../events/event.ts';
import type { Advance } from '../machine/advance.ts';

/**
 * Returns a confirmation as it is recorded: whether it opened its gate is for the machine to say, and
 * the record says it in one event.
 */
export function answered(event: RunEvent, next: Advance): RunEvent {
  if (event.type !== 'gate.answered' || event.answer !== 'confirmed') return event;
  if (next.effects.some(({ type }) => type === 'executeChange')) return event;
  if (simulates(next)) return { ...event, answer: 'simulated' };
  const refusal = next.effects.find(
    (effect) => effect.type === 'record' && effect.params.fact === 'refused',
  );
  const reason =
    refusal?.type === 'record' && refusal.params.fact === 'refused'
      ? refusal.params.reason
      : 'it was not possible';
  return { ...event, answer: 'refused', reason };
}

/** Of a dry run, a confirmation leads on and nothing runs. */
function simulates({ effects }: Advance): boolean {
  return effects.some(
    ({ type, params }) => type === 'record' && 'status' in params && params.status === 'simulated',
  );
}

/**
 * Throws when a change is about to start that this event has not confirmed. The machine's graph makes
 * that impossible; a mistake in it must not reach a database all the same.
 */
export function refuseUnconfirmed(event: RunEvent, next: Advance): void {
  for (const effect of next.effects) {
    if (effect.type !== 'executeChange') continue;
    const digest = event.type === 'gate.answered' ? event.digest : undefined;
    if (digest === undefined || digest !== effect.params.digest)
      throw new Error(`the change of step ${effect.params.step} was not confirmed`);
  }
}
