import type { RunEvent } from '#events/log/event.ts';
import type { GivenConfirmation } from '#events/view/run-view.ts';
import { because } from '#events/wording/reasons.ts';
import type { Advance } from '#machine/advance.ts';
import type { MachineEffect } from '#machine/effect.ts';

/** The gate that was confirmed; it counts the same whoever confirmed it. */
type Confirmed = Pick<GivenConfirmation, 'step' | 'digest' | 'isForSeveral'>;

/**
 * Returns a confirmation as it is recorded: the machine decides whether it opens its gate, and both
 * are recorded in one event.
 */
export function answered(event: RunEvent, next: Advance): RunEvent {
  if (event.type !== 'gate.answered') return event;
  const refusals = next.effects.flatMap(({ type, params }) =>
    type === 'refuse' ? [params.why] : [],
  );
  if (event.answer === 'left-out' && refusals.length === 0) return event;
  if (event.answer !== 'confirmed' && event.answer !== 'left-out') return event;
  if (next.effects.some(followsConfirmation)) return event;
  if (simulates(next)) return { ...event, answer: 'simulated' };
  const [why = { kind: 'not-possible' }] = refusals;
  return { ...event, answer: 'refused', ...because(why) };
}

/** A confirmation leads to the change, or first to its rows being read again. */
function followsConfirmation({ type, params }: MachineEffect): boolean {
  return type === 'executeChange' || (type === 'executeRead' && params.part === 'recheck');
}

/** In a dry run a confirmation continues the run without an execution. */
function simulates({ effects }: Advance): boolean {
  return effects.some(
    ({ type, params }) => type === 'record' && 'status' in params && params.status === 'simulated',
  );
}

/**
 * Throws if a change is about to start that is not confirmed by this event or, if this event has
 * its rows read again or ends another item of the same gate, by the confirmation `given` in the record. The machine's graph rules that
 * out; this check keeps a bug in it from reaching a database.
 */
export function refuseUnconfirmed(
  event: RunEvent,
  next: Advance,
  given?: Confirmed | undefined,
): void {
  for (const effect of next.effects) {
    if (effect.type !== 'executeChange') continue;
    const digest = confirmedBy(event, effect.params.step, given);
    if (digest === undefined || digest !== effect.params.confirmed)
      throw new Error(`the change of step ${effect.params.step} was not confirmed`);
  }
}

function confirmedBy(
  event: RunEvent,
  step: string,
  given: Confirmed | undefined,
): string | undefined {
  if (event.type === 'gate.answered')
    return event.answer === 'confirmed' && event.step === step ? event.digest : undefined;
  if (event.type !== 'step.finished' || event.step !== step || given?.step !== step) return;
  return event.part === 'recheck' || given.isForSeveral ? given.digest : undefined;
}
