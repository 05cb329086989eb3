import type { EventOf, RunEvent, StartedTarget } from '#events/log/event.ts';
import type { TargetFacts } from '#machine/context.ts';
import { frameOfStep, qualified } from '#machine/placed-step.ts';
import { answerName } from '../session/intents.ts';
import type { SecretValues } from '../values/secrets.ts';
import { nameAgain } from './given-again.ts';
import { hasMask, matchesRecorded } from './recorded-difference.ts';

/** The known values of masked parts of the record during a resume. */
export type Unmasking = {
  readonly secrets: SecretValues;
  /** Answers, evidence and reasons to decline that were entered again, by their names. */
  readonly answers: Readonly<Record<string, string>>;
  /** Secret inputs typed during the run and entered again, by the names they are kept under. */
  readonly typed: Readonly<Record<string, string>>;
  /** Inputs entered again, as text. */
  readonly given: Readonly<Record<string, string>>;
  /** The targets of the step's runbook, by the inputs entered again. */
  readonly targets: Readonly<Record<string, TargetFacts>>;
  /** The last question and the last gate, as the machine derived them. */
  readonly asked: EventOf<'operator.awaited'> | undefined;
  readonly gate: EventOf<'gate.opened'> | undefined;
  /** That gate in the record. */
  readonly recordedGate: EventOf<'gate.opened'> | undefined;
};

/**
 * Restores a recorded event from before masking, as far as it is known: answers and inputs were
 * entered again, a choice is one of the options, and an accepted confirmation had the phrase and
 * the digest of its gate.
 */
export function unmaskedEvent(event: RunEvent, known: Unmasking): RunEvent {
  switch (event.type) {
    case 'operator.acted':
      return unmaskedAct(event, known);
    case 'gate.answered':
      return unmaskedAnswer(event, known);
    case 'target.connected': {
      const now = known.targets[event.target];
      return now === undefined ? event : { ...event, facts: unmaskedFields(event.facts, now) };
    }
    default:
      return event;
  }
}

/** Restores the masked parts of the addresses of recorded targets. */
export function unmaskedTargets(
  recorded: readonly StartedTarget[],
  targets: Unmasking['targets'],
): readonly StartedTarget[] {
  return recorded.map((target) => unmaskedFields(target, targets[target.name] ?? {}));
}

function unmaskedAct(event: EventOf<'operator.acted'>, known: Unmasking): RunEvent {
  const { intent, step } = event;
  const frame = frameOfStep(step);
  const inputNamed = (name: string) =>
    known.typed[qualified(frame, name)] ??
    known.secrets.get(qualified(frame, name)) ??
    (frame === '' ? known.given[name] : undefined);
  const targets =
    event.targets === undefined ? {} : { targets: unmaskedTargets(event.targets, known.targets) };
  if (intent.type === 'answer') {
    const { input, field } = known.asked ?? {};
    const answer =
      known.secrets.get(answerName(step)) ?? known.answers[nameAgain(step, field?.name)];
    const again = input === undefined ? answer : inputNamed(input);
    const value = chosen(intent.value, known) ?? unmasked(intent.value, again);
    return { ...event, ...targets, intent: { ...intent, value } };
  }
  if (intent.type === 'report' || intent.type === 'mark-done') {
    const evidence = unmasked(intent.evidence, known.answers[step]);
    return { ...event, intent: { ...intent, evidence } };
  }
  if (intent.type !== 'edit') return event;
  const inputs = Object.entries(intent.inputs).map(
    ([name, text]) => [name, unmasked(text, inputNamed(name))] as const,
  );
  return { ...event, ...targets, intent: { ...intent, inputs: Object.fromEntries(inputs) } };
}

function unmaskedAnswer(event: EventOf<'gate.answered'>, known: Unmasking): RunEvent {
  const { answer, reason, step } = event;
  if (answer === 'declined' && reason !== undefined)
    return { ...event, reason: unmasked(reason, known.answers[step]) };
  const { gate, recordedGate } = known;
  if (gate === undefined || event.digest !== recordedGate?.digest) return event;
  const { phrase } = event;
  // Another build may have asked for another phrase: the one that it asked for was typed.
  if (answer === 'confirmed' && phrase === recordedGate.phrase)
    return { ...event, digest: gate.digest, ...(gate.phrase && { phrase: gate.phrase }) };
  // A refused answer needs no restoring: the typed text was not the phrase.
  const isRefused = answer === 'refused';
  const typed = phrase === undefined || isRefused ? {} : { phrase: unmasked(phrase, gate.phrase) };
  return { ...event, digest: gate.digest, ...typed };
}

/** Returns the choice that matches a recorded one, if it is unique. */
function chosen(recorded: string, { asked, secrets }: Unmasking): string | undefined {
  const fitting = (asked?.choices ?? []).filter((one) => secrets.redactor.text(one) === recorded);
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Returns the text entered again if it matches the recorded one, else the recorded text. */
function unmasked(recorded: string, again: string | undefined): string {
  const fits = again !== undefined && hasMask(recorded) && matchesRecorded(recorded, again);
  return fits ? again : recorded;
}

function unmaskedFields<F extends object>(recorded: F, now: object): F {
  const known = new Map<string, unknown>(Object.entries(now));
  const fields = Object.entries(recorded).map(([field, was]: readonly [string, unknown]) => {
    const is = known.get(field);
    return [field, typeof was === 'string' && typeof is === 'string' ? unmasked(was, is) : was];
  });
  return Object.fromEntries(fields) as F;
}
