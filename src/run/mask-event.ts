import type { RunEvent } from '../events/event.ts';
import type { Json } from '../runbook/value.ts';
import type { Redactor } from '../safety/redact.ts';

/** Names and choices of ours: a secret that happens to be spelt like one must not break the record. */
const OURS: ReadonlySet<string> = new Set([
  'type',
  'kind',
  'step',
  'part',
  'id',
  'runId',
  'name',
  'file',
  'sha256',
  'digest',
  'at',
  'goto',
  'for',
  'can',
  'by',
  'status',
  'outcome',
  'answer',
  'level',
  'stream',
  'effect',
  'phase',
  'mode',
  'severity',
  'target',
]);

/** What came from outside: numbers and names in it can be secrets too. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(['result', 'rows', 'value', 'values']);

/** Returns an event without any secret in it. */
export function maskEvent<E extends RunEvent>(event: E, redactor: Redactor): E {
  return maskField('', event as unknown as Json, redactor) as unknown as E;
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
