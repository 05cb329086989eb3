import * as z from 'zod/mini';
import { EVENT_VERSIONS, type RunEvent } from './event.ts';
import {
  action,
  at,
  awaitedFor,
  changes,
  clause,
  effect,
  error,
  input,
  intent,
  item,
  outcome,
  outline,
  output,
  part,
  pinned,
  runbook,
  spared,
  step,
  target,
  value,
} from './schema-parts.ts';

const opt = z.optional;
const text = z.string();
const number = z.number();
const texts = z.array(z.string());

/** Within a version an event may get new optional fields, and no field another meaning. */
function event<T extends RunEvent['type'], S extends z.core.$ZodLooseShape>(type: T, shape: S) {
  return z.looseObject({ type: z.literal(type), ...shape });
}

/** Every event of a journal; docs/reference/events.md says of each when it is written. */
export const EVENT_SCHEMA = z.discriminatedUnion('type', [
  event('run.started', {
    version: z.literal(EVENT_VERSIONS),
    runId: text,
    mode: z.enum(['live', 'dry-run']),
    auto: opt(z.boolean()),
    environment: opt(text),
    runbook,
    steps: z.array(outline),
    prerequisites: opt(texts),
    children: opt(
      z.array(
        z.looseObject({
          name: text,
          file: text,
          sha256: text,
          inputs: opt(z.array(z.looseObject({ name: text, secret: z.boolean(), value: text }))),
        }),
      ),
    ),
    inputs: z.array(input),
    targets: z.array(target),
    operator: text,
    host: text,
    pid: number,
    program: text,
    terminal: opt(z.looseObject({ columns: number, rows: number })),
  }),
  event('run.resumed', {
    operator: text,
    host: text,
    pid: number,
    program: text,
    interrupted: opt(z.looseObject({ step, part, effect })),
    repaired: opt(text),
  }),
  event('run.paused', { reason: text }),
  event('run.handed-over', { operator: text, host: text, to: opt(text), repaired: opt(text) }),
  event('run.watched', {
    status: z.enum(['attached', 'detached']),
    operator: text,
    host: text,
    pid: number,
  }),
  event('run.finished', { outcome: z.enum([...outcome, 'aborted']), summary: text }),
  event('target.connected', {
    target: text,
    description: text,
    reserved: z.boolean(),
    facts: z.record(z.string(), z.json()),
  }),
  event('step.entered', { step, visit: number }),
  event('step.started', {
    step,
    visit: number,
    part,
    attempt: number,
    effect,
    action,
    digest: opt(text),
    confirmed: opt(text),
    item: opt(item),
  }),
  event('rows.spared', {
    step,
    columns: texts,
    rows: z.array(spared),
    left: number,
    item: opt(item),
  }),
  event('step.finished', {
    step,
    visit: number,
    part,
    attempt: number,
    status: z.enum(['succeeded', 'failed', 'unknown']),
    ms: number,
    result: opt(z.record(z.string(), z.json())),
    error: opt(error),
    outputs: z.array(output),
    elapsedMs: opt(number),
    random: opt(number),
    item: opt(item),
    unexpected: opt(z.literal(true)),
  }),
  event('step.skipped', {
    step,
    by: z.enum(['condition', 'operator', 'empty-preview', 'spared', 'no-items']),
    reason: text,
  }),
  event('step.settled', {
    step,
    status: z.enum(['succeeded', 'failed', 'done-by-hand', 'simulated']),
    error: opt(error),
  }),
  event('item.entered', { step, item }),
  event('item.settled', {
    step,
    item,
    status: z.enum(['succeeded', 'failed', 'skipped', 'done-by-hand', 'simulated']),
    error: opt(error),
    reason: opt(text),
  }),
  event('step.undone', {
    step,
    by: z.enum(['action', 'hand']),
    item: opt(item),
    evidence: opt(text),
  }),
  event('child.started', {
    step,
    runbook: z.looseObject({ name: text, title: text }),
    inputs: z.array(input),
    targets: z.array(target),
    item: opt(item),
  }),
  event('child.finished', { step, outcome: z.enum(outcome), summary: text, findings: texts }),
  event('timer.armed', {
    step,
    for: z.enum(['retry', 'verify']),
    ms: number,
    attempt: number,
    item: opt(item),
  }),
  event('timer.fired', { step, item: opt(item) }),
  event('gate.opened', {
    step,
    title: text,
    effect,
    action,
    digest: text,
    level: z.enum(['key', 'type']),
    phrase: opt(text),
    warning: opt(text),
    notRead: opt(text),
    undo: opt(text),
    preview: opt(pinned),
    changes: opt(changes),
    operator: text,
    part: opt(z.literal('undo')),
    item: opt(item),
    simulated: opt(z.boolean()),
  }),
  event('gate.answered', {
    step,
    answer: z.enum(['confirmed', 'declined', 'refresh', 'refused', 'simulated']),
    operator: text,
    digest: text,
    phrase: opt(text),
    reason: opt(text),
    previewAgeMs: opt(number),
  }),
  event('operator.awaited', {
    step,
    for: awaitedFor,
    can: texts,
    reason: opt(text),
    prompt: opt(text),
    choices: opt(texts),
    secret: opt(z.boolean()),
    input: opt(text),
    login: opt(z.boolean()),
    clauses: opt(z.array(clause)),
    clause: opt(number),
    values: opt(z.array(value)),
    action: opt(action),
    error: opt(error),
    item: opt(item),
    part: opt(z.literal('undo')),
    undoable: opt(texts),
  }),
  event('operator.acted', {
    step,
    operator: text,
    intent,
    targets: opt(z.array(target)),
  }),
  event('operator.noted', { operator: text, step: opt(step), text }),
  event('adhoc.entered', {
    step,
    operator: text,
    target: text,
    title: text,
    effect,
    because: texts,
    action,
  }),
  event('branch.taken', {
    step,
    clause: z.nullable(number),
    by: z.enum(['condition', 'default', 'order', 'operator']),
    goto: step,
    condition: opt(text),
    finding: opt(text),
    values: z.array(value),
    notTaken: z.array(clause),
    reason: opt(text),
  }),
]);

/** An event with its number and the time it was written at. */
export const RECORD_SCHEMA = z.strictObject({
  seq: z.number().check(z.describe('from 1')),
  at,
  event: EVENT_SCHEMA,
});

/** Returns the field in which something is not an event of this version, e.g. `action.text`, if it is none. */
export function eventFlaw(event: unknown): string | undefined {
  const checked = EVENT_SCHEMA.safeParse(event);
  if (checked.success) return undefined;
  const path = checked.error.issues[0]?.path ?? [];
  return path.length === 0 ? 'type' : path.join('.');
}
