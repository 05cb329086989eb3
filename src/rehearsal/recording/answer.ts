import type { EventOf, RecordedEvent, RunEvent } from '#events/log/event.ts';
import type { Intent } from '#events/log/intent.ts';
import type { Json } from '#runbook/model/value.ts';

type Said = { readonly [key: string]: Json };

/** The state a run waited in when an answer was given. */
type Place = {
  readonly awaited: EventOf<'operator.awaited'> | undefined;
  readonly freshForMs: number;
};

/** Returns a replacement for the value of a secret input. */
type StandIn = (input: string) => string | undefined;

/**
 * Returns the operator's actions in a run, as written in a case; `standIn` replaces secret inputs.
 */
export function recordedAnswers(
  records: readonly RecordedEvent[],
  standIn: StandIn,
): readonly Json[] {
  const answers: Json[] = [];
  let place: Place = { awaited: undefined, freshForMs: 0 };
  for (const { event } of records) {
    const said = answerOf(event, place, standIn);
    if (said !== undefined) answers.push(said);
    place = placeAfter(event, place);
  }
  return [...answers, ...leaving(records, place.awaited)];
}

function placeAfter(event: RunEvent, place: Place): Place {
  switch (event.type) {
    case 'operator.awaited':
      return { ...place, awaited: event };
    case 'gate.opened':
      return { ...place, freshForMs: event.preview?.freshForMs ?? 0 };
    case 'gate.answered':
      // A wrong phrase leaves the gate open.
      return event.answer === 'refused' ? place : { ...place, awaited: undefined };
    case 'step.started':
      return { ...place, awaited: undefined };
    default:
      return place;
  }
}

function answerOf(
  event: RunEvent,
  { awaited, freshForMs }: Place,
  standIn: StandIn,
): Said | undefined {
  if (event.type === 'gate.answered') return gateAnswer(event, freshForMs);
  // A run that is resumed at a gate refreshes its rows, as an operator can request.
  if (event.type === 'run.resumed' && awaited?.for === 'gate') return { refresh: awaited.step };
  return event.type === 'operator.acted'
    ? intentAnswer(event.intent, event.step, awaited, standIn)
    : undefined;
}

function leaving(
  records: readonly RecordedEvent[],
  awaited: EventOf<'operator.awaited'> | undefined,
): readonly Json[] {
  const last = records.at(-1)?.event;
  if (last?.type === 'run.finished' || awaited === undefined) return [];
  return [{ leave: awaited.step, ...(awaited.for === 'start' ? { at: 'start' } : {}) }];
}

function gateAnswer(event: EventOf<'gate.answered'>, freshForMs: number): Said {
  const { step, answer, phrase, reason, rows, back = [], previewAgeMs = 0 } = event;
  if (answer === 'declined') return { decline: step, ...because(reason) };
  if (answer === 'refresh') return { refresh: step };
  if (rows !== undefined) return { leave_out: step, rows, ...(back.length === 0 ? {} : { back }) };
  if (answer !== 'confirmed') return { confirm: step, with: phrase ?? '' };
  return previewAgeMs > freshForMs && freshForMs > 0
    ? { confirm: step, after: `${Math.ceil(previewAgeMs / 1000)}s` }
    : { confirm: step };
}

function intentAnswer(
  intent: Intent,
  step: string,
  awaited: EventOf<'operator.awaited'> | undefined,
  standIn: StandIn,
): Said | undefined {
  const at = awaited?.for === 'start' ? { at: 'start' } : {};
  switch (intent.type) {
    case 'continue':
      return awaited?.for === 'start' ? undefined : { continue: step };
    case 'answer':
      return { answer: step, with: unmasked(intent.value, awaited?.input, standIn) };
    case 'report':
      return { [intent.done ? 'done' : 'not_done']: step, ...evidence(intent.evidence) };
    case 'edit': {
      const inputs = Object.entries(intent.inputs).map(([name, text]) => [
        name,
        unmasked(text, name, standIn),
      ]);
      return { edit: step, inputs: Object.fromEntries(inputs) as Said, ...at };
    }
    case 'skip':
    case 'abort':
      return { [intent.type]: step, ...because(intent.reason), ...at };
    case 'mark-done':
      return { mark_done: step, ...evidence(intent.evidence), ...at };
    case 'jump':
      return { jump: step, to: intent.step, ...because(intent.reason), ...at };
    case 'undo':
      return { undo: intent.step, ...because(intent.reason) };
    case 'choose': {
      const clause = intent.clause === null ? 'next' : intent.clause + 1;
      return { choose: step, clause, ...because(intent.reason) };
    }
    case 'retry':
    case 'recheck':
    case 'stop':
      return { [intent.type]: step };
    default:
      return undefined;
  }
}

function because(reason: string | undefined): Said {
  return reason === undefined || reason === '' ? {} : { because: reason };
}

function evidence(text: string): Said {
  return text === '' ? {} : { evidence: text };
}

/** Replaces a masked secret by any value that the input accepts. */
function unmasked(text: string, input: string | undefined, standIn: StandIn): string {
  if (!text.startsWith('‹secret')) return text;
  return (input === undefined ? undefined : standIn(input)) ?? 'stand-in';
}
