import { usageError } from '#errors.ts';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { frameOfStep, placedSteps, qualified } from '#machine/placed-step.ts';
import { textOf } from '#runbook/expression/template.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { RunOptions } from '../options.ts';
import { typedSecrets } from '../session/intents.ts';
import { inputValues } from '../values/inputs.ts';
import { hasMask, matchesRecorded } from './recorded-difference.ts';

/**
 * Returns the steps whose answer is masked in the journal, or whose evidence or reason to decline
 * is masked and used by the runbook, so that it must be entered again. A choice is restored from
 * the options offered.
 */
export function answersToGiveAgain(
  runbook: Runbook,
  records: readonly RecordedEvent[],
): readonly string[] {
  const typed = typedTexts(records).filter(({ text }) => hasMask(text));
  return [...placedSteps(runbook).values()]
    .filter(({ id, does, runbook: of }) =>
      typed.some(({ step, isEvidence }) => {
        if (step !== id) return false;
        if (isEvidence) return USES_EVIDENCE.test(of.source.text);
        return does.kind === 'ask' && does.answer !== 'choice' && !does.input;
      }),
    )
    .map(({ id }) => id);
}

/** Matches uses of typed evidence, and of the error of a step that was declined or not done. */
const USES_EVIDENCE = /\.evidence\b|\berror\.message\b/;

/** Returns the answers, the evidence and the reasons to decline of a run, as recorded. */
function typedTexts(records: readonly RecordedEvent[]) {
  return records.flatMap(({ event }) => {
    if (event.type === 'gate.answered' && event.answer === 'declined')
      return [{ step: event.step, text: event.reason ?? '', isEvidence: true }];
    if (event.type !== 'operator.acted') return [];
    const { intent, step } = event;
    if (intent.type === 'answer') return [{ step, text: intent.value, isEvidence: false }];
    const isEvidence = intent.type === 'report' || intent.type === 'mark-done';
    return isEvidence ? [{ step, text: intent.evidence, isEvidence }] : [];
  });
}

/**
 * Throws a usage error if an answer entered again differs from the recorded one, as far as its mask
 * allows a comparison. Of several visits to a step the last one counts.
 */
export function refuseOtherAnswers(
  records: readonly RecordedEvent[],
  answers: Readonly<Record<string, string>>,
): void {
  const last = new Map(typedTexts(records).map(({ step, text }) => [step, text]));
  for (const [step, answer] of Object.entries(answers)) {
    const recorded = last.get(step);
    if (recorded === undefined || matchesRecorded(recorded, answer)) continue;
    throw usageError(
      `the answer to step "${step}" was another one`,
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

/** Returns the texts of all inputs that have a value again. */
export function givenTexts(
  runbook: Runbook,
  { given, surroundings }: RunOptions,
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
  { given, surroundings }: RunOptions,
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
