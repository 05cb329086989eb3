import { usageError } from '#errors.ts';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { questionOf } from '#machine/context/choices.ts';
import { frameOfStep, placedSteps, qualified } from '#machine/placed-step.ts';
import { textOf } from '#runbook/expression/template.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { RunOptions } from '../options.ts';
import { typedSecrets } from '../session/intents.ts';
import { inputValues } from '../values/inputs.ts';
import { hasMask, matchesRecorded } from './recorded-difference.ts';

/**
 * Returns the names of answers that are masked in the journal, and of steps whose evidence or reason to
 * decline is masked and used by the runbook, so that they must be entered again. A choice is restored
 * from the options offered.
 */
export function answersToGiveAgain(
  runbook: Runbook,
  records: readonly RecordedEvent[],
): readonly string[] {
  const typed = typedTexts(records).filter(({ text }) => hasMask(text));
  const names = [...placedSteps(runbook).values()].flatMap((placed) =>
    typed
      .filter(({ step, field, isEvidence }) => {
        if (step !== placed.id) return false;
        if (isEvidence) return USES_EVIDENCE.test(placed.runbook.source.text);
        const question = questionOf(placed, field);
        const isInput = placed.does.kind === 'ask' && placed.does.input !== undefined;
        return question !== undefined && question.answer !== 'choice' && !isInput;
      })
      .map(({ name }) => name),
  );
  return [...new Set(names)];
}

/** Returns the name under which an answer is given again: its step, and its field if there are several. */
export function nameAgain(step: string, field: string | undefined): string {
  return field === undefined ? step : `${step}.${field}`;
}

/** Matches uses of typed evidence, and of the error of a step that was declined or not done. */
const USES_EVIDENCE = /\.evidence\b|\berror\.message\b/;

/** Returns the answers, the evidence and the reasons to decline of a run, as recorded. */
function typedTexts(records: readonly RecordedEvent[]): readonly TypedText[] {
  let asked: EventOf<'operator.awaited'> | undefined;
  return records.flatMap(({ event }): readonly TypedText[] => {
    if (event.type === 'operator.awaited') asked = event;
    if (event.type === 'gate.answered' && event.answer === 'declined')
      return [evidence(event.step, event.reason ?? '')];
    if (event.type !== 'operator.acted') return [];
    const { intent, step } = event;
    if (intent.type === 'report' || intent.type === 'mark-done')
      return [evidence(step, intent.evidence)];
    if (intent.type !== 'answer') return [];
    const field = asked?.field?.name;
    return [{ step, field, name: nameAgain(step, field), text: intent.value, isEvidence: false }];
  });
}

type TypedText = {
  readonly step: string;
  readonly field: string | undefined;
  /** The name under which it is given again. */
  readonly name: string;
  readonly text: string;
  readonly isEvidence: boolean;
};

function evidence(step: string, text: string): TypedText {
  return { step, field: undefined, name: step, text, isEvidence: true };
}

/**
 * Throws a usage error if an answer entered again differs from the recorded one, as far as its mask
 * allows a comparison. Of several visits to a step the last one counts.
 */
export function refuseOtherAnswers(
  records: readonly RecordedEvent[],
  answers: Readonly<Record<string, string>>,
): void {
  const last = new Map(typedTexts(records).map(({ name, text }) => [name, text]));
  for (const [name, answer] of Object.entries(answers)) {
    const recorded = last.get(name);
    if (recorded === undefined || matchesRecorded(recorded, answer)) continue;
    throw usageError(
      `the answer to step "${name}" was another one`,
      `its record is ${recorded}; give the same answer again`,
    );
  }
}

/**
 * Returns the secret inputs typed during a run, by the names they are kept under; the values they
 * replaced are omitted.
 */
export function typedSecretInputs(
  runbook: Runbook,
  records: readonly RecordedEvent[],
): Runbook['inputs'] {
  const typed = new Map<string, InputDefinition>();
  for (const { event } of records) {
    if (event.type !== 'operator.acted') continue;
    const { inputs } = placedSteps(runbook).get(event.step)?.runbook ?? runbook;
    for (const name of Object.keys(typedSecrets(runbook, event.intent, event.step))) {
      const input = inputs.find((one) => qualified(frameOfStep(event.step), one.name) === name);
      if (input !== undefined) typed.set(name, { ...input, name, required: true, default: null });
    }
  }
  return [...typed.values()];
}

/**
 * Returns the inputs whose values are masked in the journal, so that they must be entered again,
 * without secrets that were typed.
 */
export function inputsToGiveAgain(
  runbook: Runbook,
  records: readonly RecordedEvent[],
): Runbook['inputs'] {
  const isSecretInput = (name: string) =>
    runbook.inputs.some((input) => input.name === name && input.secret);
  const masked = new Set(
    records.flatMap(({ event }) => {
      if (event.type === 'run.started')
        return event.inputs.filter(({ value }) => isMasked(value)).map(({ name }) => name);
      if (event.type !== 'operator.acted' || event.intent.type !== 'edit') return [];
      if (frameOfStep(event.step) !== '') return [];
      return Object.entries(event.intent.inputs).flatMap(([name, text]) =>
        isMasked(text) && !isSecretInput(name) ? [name] : [],
      );
    }),
  );
  return runbook.inputs
    .filter(({ name }) => masked.has(name))
    .map((input) => ({ ...input, required: true, default: input.secret ? input.default : null }));
}

/** Returns the IDs of the ask steps whose answers are secret. */
export function secretAsks(runbook: Runbook): readonly string[] {
  return [...placedSteps(runbook).values()]
    .filter(({ does }) => does.kind === 'ask' && does.answer === 'secret')
    .map(({ id }) => id);
}

type GivenNow = Pick<RunOptions, 'given'> & {
  readonly surroundings: Pick<RunOptions['surroundings'], 'env'>;
};

/** Returns the texts of all inputs that have a value again. */
export function givenTexts(
  runbook: Runbook,
  { given, surroundings }: GivenNow,
): Readonly<Record<string, string>> {
  const values = Object.entries(inputValues(runbook.inputs, { given, env: surroundings.env }));
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === null ? [] : [[name, textOf(value)]])),
  );
}

/** Secrets are not in the journal: they come from their original source, or are entered again. */
export function recordedInputs(
  runbook: Runbook,
  started: EventOf<'run.started'>,
  { given, surroundings }: GivenNow,
): Readonly<Record<string, Value>> {
  const fresh = inputValues(runbook.inputs, { given, env: surroundings.env });
  const open = started.inputs.filter(({ secret }) => !secret);
  for (const { name, value } of open)
    if (isMasked(value) && !matchesRecorded(textOf(value), textOf(fresh[name] ?? '')))
      throw usageError(
        `the input "${name}" was another one when the run began`,
        'its record masks a secret; give the same value again with --input',
      );
  // A secret that was missing at the start stays missing until the operator entered it.
  const recorded = started.inputs.filter(
    ({ secret, value }) => value === null || !(secret || isMasked(value)),
  );
  return { ...fresh, ...Object.fromEntries(recorded.map(({ name, value }) => [name, value])) };
}

function isMasked(value: Json): boolean {
  return value !== null && hasMask(textOf(value));
}
