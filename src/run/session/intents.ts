import type { RunEvent, StartedTarget } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { frameOfStep, placedSteps, qualified } from '#machine/placed-step.ts';
import { defined } from '#runbook/model/defined.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { SecretValues } from '../values/secrets.ts';
import type { Values } from './machine-events.ts';

/** The context of an intent. */
export type IntentPlace = {
  readonly view: RunView;
  readonly operator: string;
  readonly values: Values;
  /** Returns the age of rows in ms by their recorded time; undefined if unknown. */
  readonly ageMs: (at: string) => number | undefined;
  /** The run that is at work with the same change, if any. */
  readonly otherRun?: string | undefined;
};

/**
 * Returns the event that records an intent, as typed, or undefined if it refers to nothing. It may
 * contain secrets: see {@link keepTyped}.
 */
export function recordedIntent(intent: Intent, place: IntentPlace): RunEvent | undefined {
  const { view, operator, values } = place;
  const step = view.current;
  if (step === undefined) return undefined;
  switch (intent.type) {
    case 'confirm':
    case 'decline':
    case 'refresh':
    case 'leave-out':
      return gateAnswer(intent, place);
    default: {
      const acted = { type: 'operator.acted', step, operator, intent } as const;
      const inputs = values.typed(intent, step);
      if (inputs === undefined) return acted;
      return { ...acted, targets: placesOf(values.targets(inputs, step)) };
    }
  }
}

/** Registers the secrets that the operator typed, so that they are masked in the record. */
export function keepTyped(event: RunEvent, { secrets, runbook, view }: KeepTyped): void {
  if (event.type !== 'operator.acted') return;
  const { intent, step } = event;
  for (const [name, text] of Object.entries(typedSecrets(runbook, intent, step)))
    secrets.keep(name, text);
  const isSecret = view.awaited?.secret === true && askedInput(runbook, step) === undefined;
  if (intent.type === 'answer' && isSecret) secrets.keep(answerName(step), intent.value);
}

/** Returns the input that an ask step sets, if any. */
export function askedInput(runbook: Runbook, step: string): string | undefined {
  const does = placedSteps(runbook).get(step)?.does;
  return does?.kind === 'ask' ? does.input : undefined;
}

/** Returns the texts of inputs in an intent, if any. */
export function typedInputs(
  runbook: Runbook,
  intent: Intent,
  step: string,
): Readonly<Record<string, string>> | undefined {
  if (intent.type === 'edit') return intent.inputs;
  if (intent.type !== 'answer' || intent.value === '') return undefined;
  const input = askedInput(runbook, step);
  return input === undefined ? undefined : { [input]: intent.value };
}

/** Returns the secret inputs in an intent, by the names they are kept and masked under. */
export function typedSecrets(
  runbook: Runbook,
  intent: Intent,
  step: string,
): Readonly<Record<string, string>> {
  const typed = typedInputs(runbook, intent, step) ?? {};
  const { inputs } = placedSteps(runbook).get(step)?.runbook ?? runbook;
  const secret = inputs.filter(({ name, secret: is }) => is && typed[name] !== undefined);
  return Object.fromEntries(
    secret.map(({ name }) => [qualified(frameOfStep(step), name), typed[name] ?? '']),
  );
}

/** The dependencies of {@link keepTyped}. */
export type KeepTyped = {
  readonly secrets: SecretValues;
  readonly runbook: Runbook;
  readonly view: RunView;
};

/** Returns the name under which a secret answer is kept and masked. */
export function answerName(step: string): string {
  return `steps.${step}.answer`;
}

function placesOf(targets: ReturnType<Values['targets']>): readonly StartedTarget[] {
  return Object.values(targets).map(({ isConnected: _, ...facts }) => facts);
}

function gateAnswer(
  intent: Extract<Intent, { type: 'confirm' | 'decline' | 'refresh' | 'leave-out' }>,
  { view, operator, ageMs, otherRun }: IntentPlace,
): RunEvent | undefined {
  const { gate } = view;
  if (gate === undefined) return undefined;
  const common = {
    type: 'gate.answered',
    step: gate.step,
    operator,
    ...ageOf(gate, ageMs),
  } as const;
  switch (intent.type) {
    case 'confirm':
      return {
        ...common,
        answer: 'confirmed',
        digest: intent.digest,
        ...(intent.phrase === undefined ? {} : { phrase: intent.phrase }),
        ...(otherRun === undefined ? {} : { otherRun }),
      };
    case 'decline':
      return { ...common, answer: 'declined', digest: gate.digest, reason: intent.reason };
    case 'refresh':
      return { ...common, answer: 'refresh', digest: gate.digest };
    case 'leave-out': {
      const { digest, rows, back } = intent;
      return { ...common, answer: 'left-out', digest, rows, ...defined({ back }) };
    }
  }
}

/** Rows of unknown age count as stale. */
function ageOf({ preview, unchangedAt }: GateView, ageMs: IntentPlace['ageMs']) {
  const previewAgeMs = preview === undefined ? undefined : ageMs(unchangedAt ?? preview.at);
  return previewAgeMs === undefined ? {} : { previewAgeMs };
}
