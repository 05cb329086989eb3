import type { RunEvent, RunEventType } from '#events/log/event.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Redactor } from '#safety/redaction/redactor.ts';
import { words } from '#text/words.ts';
import { answerName } from '../session/intents.ts';

/**
 * Names and choices of runbook's own: a secret with the same spelling must not break the record.
 */
const OURS: ReadonlySet<string> = new Set(
  words(`
    type kind step part id runId name file sha256 digest at goto for can by status outcome
    answer level stream effect phase mode severity target`),
);

/** Fields with external data: numbers and names in them can be secrets too. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(['result', 'rows', 'value', 'values']);

/** Returns an event without secrets. */
export function maskEvent<E extends RunEvent>(event: E, redactor: Redactor): E {
  return maskField('', withoutTyped(event, redactor) as unknown as Json, redactor) as unknown as E;
}

/** A value typed as a secret is masked even if it equals a public one. */
function withoutTyped(event: RunEvent, redactor: Redactor): RunEvent {
  if (event.type !== 'operator.acted') return event;
  const { intent, step } = event;
  if (intent.type === 'answer') {
    const value = redactor.given(answerName(step), intent.value) ?? intent.value;
    return { ...event, intent: { ...intent, value } };
  }
  if (intent.type !== 'edit') return event;
  const inputs = Object.entries(intent.inputs).map(
    ([name, value]) => [name, redactor.given(name, value) ?? value] as const,
  );
  return { ...event, intent: { ...intent, inputs: Object.fromEntries(inputs) } };
}

function maskField(name: string, value: Json, redactor: Redactor): Json {
  if (FROM_OUTSIDE.has(name)) return redactor.json(value);
  if (OURS.has(name)) return value;
  if (typeof value === 'string') return redactor.text(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => maskField('', item, redactor));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, maskField(key, inner as Json, redactor)]),
  );
}

/**
 * Returns an event for the machine: what the operator typed and the facts of a connection are
 * unmasked, results are masked, so that a resumed run decides the same.
 */
export function eventForMachine(event: RunEvent, redactor: Redactor): RunEvent {
  return UNMASKED.has(event.type) ? event : maskEvent(event, redactor);
}

const UNMASKED: ReadonlySet<RunEventType> = new Set([
  'operator.acted',
  'gate.answered',
  'target.connected',
]);
