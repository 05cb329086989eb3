import type { RunEvent } from '../events/event.ts';
import type { Intent } from '../events/intent.ts';
import type { RunView } from '../events/view.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { SecretValues } from './secret-values.ts';

/** Where an intent meets the run. */
export type IntentPlace = {
  readonly view: RunView;
  readonly operator: string;
  readonly now: Date;
  readonly runbook: Runbook;
  readonly secrets: SecretValues;
};

/**
 * Returns the event an intent is recorded as, or undefined when there is nothing it could refer to.
 * Secret answers and inputs are kept apart first, so that the record masks them.
 */
export function recordedIntent(intent: Intent, place: IntentPlace): RunEvent | undefined {
  const { view, operator } = place;
  const step = view.current;
  if (step === undefined) return undefined;
  switch (intent.type) {
    case 'confirm':
    case 'decline':
    case 'refresh':
      return gateAnswer(intent, place);
    case 'answer':
      if (view.awaited?.secret === true) place.secrets.keep(answerName(step), intent.value);
      break;
    case 'edit':
      place.secrets.keepInputs(place.runbook.inputs, intent.inputs);
      break;
    default:
  }
  return { type: 'operator.acted', step, operator, intent };
}

/** Returns the name a secret answer is kept and masked under. */
export function answerName(step: string): string {
  return `steps.${step}.answer`;
}

function gateAnswer(
  intent: Extract<Intent, { type: 'confirm' | 'decline' | 'refresh' }>,
  { view, operator, now }: IntentPlace,
): RunEvent | undefined {
  const { gate } = view;
  if (gate === undefined) return undefined;
  const age =
    gate.preview === undefined ? {} : { previewAgeMs: now.getTime() - Date.parse(gate.preview.at) };
  const common = { type: 'gate.answered', step: gate.step, operator, ...age } as const;
  switch (intent.type) {
    case 'confirm':
      return {
        ...common,
        answer: 'confirmed',
        digest: intent.digest,
        ...(intent.phrase === undefined ? {} : { phrase: intent.phrase }),
      };
    case 'decline':
      return { ...common, answer: 'declined', digest: gate.digest, reason: intent.reason };
    case 'refresh':
      return { ...common, answer: 'refresh', digest: gate.digest };
  }
}
