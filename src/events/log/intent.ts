import * as z from 'zod/mini';
import { type Logged, said, text } from './parts.ts';

const reason = z.string();

/** Defines an intent: its type, its meaning and its fields. */
function intent<T extends string, S extends z.core.$ZodShape>(type: T, asks: string, fields: S) {
  return said(z.object({ type: z.literal(type), ...fields }), asks);
}

/** Every intent, in the order of `can`; secrets are masked when it is recorded. */
export const INTENT_SCHEMA = z.discriminatedUnion('type', [
  intent('continue', 'Run the waiting step, or continue after a stop.', {}),
  intent('confirm', 'Confirm the gate with this digest.', {
    digest: z.string(),
    phrase: z.exactOptional(text('what was typed')),
  }),
  intent('decline', 'Do not run it.', { reason }),
  intent('refresh', 'Run the preview again and ask again.', {}),
  intent(
    'leave-out',
    'Leave rows out of the change or take them back, and show its gate again; neither: as the step chose them.',
    {
      digest: z.string(),
      rows: said(z.array(z.number()), 'as the gate with this digest lists them, from 1'),
      back: z.exactOptional(
        said(
          z.array(z.number()),
          'of the rows left out and those not needed, in this order, from 1',
        ),
      ),
    },
  ),
  intent('answer', 'Answer an ask step.', { value: z.string() }),
  intent('report', 'Report on a manual step.', { done: z.boolean(), evidence: z.string() }),
  intent('choose', 'Decide what a condition could not.', {
    clause: said(z.nullable(z.number()), 'a clause, from 0, or null for the next step'),
    reason,
  }),
  intent('recheck', "After an unknown outcome, run the step's verification.", {}),
  intent('retry', 'Run the step again.', {}),
  intent('mark-done', 'The operator did by hand what the step would have done.', {
    evidence: z.string(),
  }),
  intent('skip', 'Go on without the step.', { reason }),
  intent('auto', 'Let read-only steps run by themselves, or no longer.', { on: z.boolean() }),
  intent('jump', 'Go to another step.', { step: z.string(), reason }),
  intent('stop', 'Stop at the next safe point and ask.', {}),
  intent('abort', 'End the run for good.', { reason }),
  intent('edit', 'Change inputs, then retry; values as typed.', {
    inputs: z.record(z.string(), z.string()),
  }),
  intent('undo', 'Revert what a step did, through a gate of its own.', {
    step: z.string(),
    reason,
  }),
  intent('cancel', "End the running action's process group or statement now.", {}),
  intent('note', 'Write a note into the record.', { text: z.string() }),
  intent('adhoc', 'Run a statement or a script on a target while the run waits.', {
    target: z.string(),
    text: z.string(),
  }),
  intent('attend', 'Somebody can answer from now on, or nobody can any longer.', {
    on: z.boolean(),
  }),
  intent('leave', 'Pause the run; it can be resumed.', {}),
]);

/**
 * A request of the operator to a run. The screen and the prompts send intents; the session decides
 * whether the run can carry them out.
 */
export type Intent = Logged<typeof INTENT_SCHEMA>;

/** The name of an intent. */
export type IntentType = Intent['type'];

/** The names of all intents. */
export const INTENT_TYPES: readonly IntentType[] = INTENT_SCHEMA.def.options.flatMap(
  ({ def }) => def.shape.type.def.values,
);
