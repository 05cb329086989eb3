import * as z from 'zod/mini';
import { RECORD_SCHEMA } from '#events/log/event.ts';
import {
  shownAction as action,
  actionStatus,
  branchCause,
  confirmLevel,
  stepError as error,
  gateAnswer,
  number,
  stepPart as part,
  startedRunbook as recorded,
  runMode,
  said,
  step,
  text,
  time,
} from '#events/log/parts.ts';
import { TRANSCRIPT_VERSION } from '#report/transcript/json.ts';
import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import { EFFECTS, PHASES } from '#runbook/model/terms.ts';

const opt = z.optional;
const orNull = z.nullable;
const at = time('when it was written');
const note = z.strictObject({ at, operator: z.string(), step: opt(step), text: z.string() });
const reading = z.looseObject({
  seq: number('the number of the event'),
  at,
  step,
  numbers: z.record(z.string(), z.number()),
});
const started = z.looseObject({ at, step, part, effect: z.string(), action });
const finished = z.looseObject({
  at,
  step,
  part,
  status: actionStatus,
  ms: z.number(),
  error: opt(error),
  outputs: z.array(
    z.looseObject({ stream: z.enum(['stdout', 'stderr']), file: z.string(), sha256: z.string() }),
  ),
});
const gate = z.looseObject({
  at,
  step,
  title: z.string(),
  effect: z.string(),
  action,
  digest: text('the digest of what was shown'),
  level: confirmLevel,
  operator: text('who was asked'),
  answers: z.array(
    z.looseObject({
      at,
      answer: gateAnswer,
      operator: text('who answered'),
      digest: z.string(),
    }),
  ),
});

const runbook = z.strictObject({
  ...recorded.shape,
  changedSinceCommit: opt(said(z.boolean(), 'true: its text differs from that commit')),
  text: orNull(
    text('its text at the start of the run; null if the copy is missing or was altered'),
  ),
});

const run = z.strictObject({
  id: text('the id of the run'),
  mode: runMode,
  environment: opt(text('the environment that defined inputs and targets')),
  status: z.enum(['running', 'waiting', 'paused', 'finished']),
  outcome: orNull(z.enum(RUN_OUTCOMES)),
  summary: orNull(z.string()),
  startedAt: time('when it started'),
  endedAt: orNull(time('when it finished')),
  lastEventAt: time('when the last event was written'),
  elapsedMs: number('from the start to the end or the last event'),
  operator: text('who started it'),
  host: z.string(),
  program: text('the program and its version'),
  terminal: opt(z.strictObject({ columns: z.number(), rows: z.number() })),
  runbook,
  inputs: z.array(z.strictObject({ name: z.string(), value: z.json(), secret: z.boolean() })),
  targets: z.array(z.looseObject({ name: z.string(), description: z.string() })),
  connections: z.array(
    z.looseObject({
      at,
      target: z.string(),
      description: text('engine, version, user and place'),
      reserved: said(z.boolean(), 'true: through a slot reserved for administrators'),
      facts: z.record(z.string(), z.json()),
    }),
  ),
  resumed: z.array(z.looseObject({ at, operator: z.string(), host: z.string() })),
  impact: z.strictObject({
    from: orNull(time('the first finding that led to the cause; otherwise the first failure')),
    toBeChecked: said(z.boolean(), 'true: there is neither; this is the time of the first finding'),
    until: orNull(time('when it was resolved')),
  }),
  path: said(z.array(z.string()), 'the IDs of the steps, in the order they were reached'),
  steps: z.array(
    z.looseObject({
      id: step,
      title: z.string(),
      phase: z.enum(PHASES),
      kind: z.string(),
      effect: z.enum(EFFECTS),
      state: z.string(),
      visits: z.number(),
      error: opt(error),
    }),
  ),
  findings: z.array(z.strictObject({ at, step, text: z.string(), isCause: opt(z.literal(true)) })),
  decisions: z.array(
    z.looseObject({
      at,
      step,
      by: branchCause,
      goto: step,
      values: z.array(z.strictObject({ name: z.string(), value: z.json() })),
    }),
  ),
  actions: z.array(
    z.strictObject({
      number: number('counts from 1, as in the other formats'),
      step,
      title: z.string(),
      state: text('its status: succeeded, failed, declined, outcome unknown, …'),
      gates: z.array(gate),
      started: orNull(started),
      finished: orNull(finished),
      checks: said(z.array(finished), 'the checks of the verification'),
    }),
  ),
  comparisons: said(
    z.array(z.strictObject({ before: reading, after: reading, columns: z.array(z.string()) })),
    'numbers before and after; columns are those in both',
  ),
  notes: z.array(note),
  openPoints: z.array(
    z.strictObject({
      kind: z.enum([
        'unfinished',
        'failed',
        'unknown',
        'declined',
        'skipped',
        'unchecked',
        'next',
        'question',
      ]),
      text: opt(said(z.string(), 'what the summary says was not checked')),
      command: opt(said(z.string(), 'the command to continue with')),
      step: opt(step),
      action: opt(number('the number of the action')),
      reason: opt(z.string()),
      note: opt(note),
    }),
  ),
});

/** A transcript for programs, the output of `runbook transcript --format json`. */
export const TRANSCRIPT_SCHEMA = z.strictObject({
  format: z.literal('runbook-transcript'),
  version: z.literal(TRANSCRIPT_VERSION),
  run: said(
    orNull(run),
    'the state derived from the events; null if the start of the run is missing',
  ),
  masked: said(
    z.array(z.strictObject({ name: z.string(), times: z.number(), rule: z.string() })),
    'what was masked, how often, and by which rule',
  ),
  integrity: said(
    orNull(
      z.strictObject({
        problems: z.array(z.strictObject({ line: z.number(), what: z.string() })),
        tornBytes: number('bytes of an incomplete last line'),
        head: text('the hash of the last valid line'),
      }),
    ),
    'the result of verifying the journal; null if it was not verified',
  ),
  events: z.array(RECORD_SCHEMA),
});

/** Returns the JSON Schema (draft 2020-12) of transcripts. */
export function transcriptJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(TRANSCRIPT_SCHEMA, { reused: 'ref', io: 'input' }) as Record<
    string,
    unknown
  >;
}
