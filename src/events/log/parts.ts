import * as z from 'zod/mini';
import { ACTION_KIND_NAMES } from '#runbook/kinds/action-kinds.ts';
import { STEP_KINDS } from '#runbook/kinds/step-kinds.ts';
import { ENGINES } from '#runbook/model/engines.ts';
import { OUTCOMES, RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import { ERROR_KINDS, ERROR_PHASES, type StepError } from '#runbook/model/step-error.ts';
import { CONFIRM_LEVELS, EFFECTS, PHASES, RUN_MODES } from '#runbook/model/terms.ts';
import type { Json } from '#runbook/model/value.ts';

/** A deeply read-only value of the log. */
export type Immutable<T> = [Json] extends [T]
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

/** The type of a schema of the log. */
export type Logged<S extends z.core.$ZodType> = Immutable<z.infer<S>>;

/** An optional field: absent, never `undefined`. */
export const opt = z.exactOptional;

/** Adds a description to a schema. */
export function said<S extends z.ZodMiniType>(schema: S, description: string): S {
  return schema.check(z.describe(description));
}

/** A text field with its description. */
export const text = (description: string) => said(z.string(), description);
/** A number field with its description. */
export const number = (description: string) => said(z.number(), description);
/** A list of texts. */
export const texts = z.array(z.string());
/** A time: ISO 8601, UTC. */
export const time = (description: string) =>
  said(z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)), description);

/**
 * Defines an event: its type, when it is written, and its fields. Within a version it may get new
 * optional fields, but no field changes its meaning; unknown fields are ignored.
 */
export function event<T extends string, S extends z.core.$ZodShape>(
  type: T,
  written: string,
  fields: S,
) {
  return said(z.object({ type: z.literal(type), ...fields }), written);
}

/**
 * A value from a server, a script or an operator. Parsed JSON needs no further check than its
 * presence.
 */
export const json = z
  .unknown()
  .check(z.refine((value) => value !== undefined)) as z.ZodMiniType<Json>;
/** Values by name. */
export const values = z.record(z.string(), json);
/** The ID of a step. */
export const step = text('the ID of the step');
/** The effect of an action. */
export const effect = z.enum(EFFECTS);
/** The outcome of a runbook. */
export const outcome = z.enum(OUTCOMES);

/** The outcome of a run, which may also have been aborted. */
export const runOutcome = z.enum(RUN_OUTCOMES);

/** The part of a step that executes. */
export const stepPart = z.enum(['action', 'preview', 'recheck', 'verify', 'undo']);
export type StepPart = Logged<typeof stepPart>;

/** An action for display: exactly what runs, with secrets masked. */
export const shownAction = z.object({
  kind: z.enum([...ACTION_KIND_NAMES, 'wait', 'connect']),
  text: text('exactly what runs, masked'),
  values: said(
    texts,
    'the bound values in order ($1 first), or NAME=value of the environment of a script',
  ),
  each: opt(number('how many values each row has, if the statement is sent once for each row')),
  cwd: opt(text('the working directory of a script')),
  stdin: opt(text('the standard input of a script')),
  settings: opt(said(texts, 'settings that differ from the defaults, e.g. "time limit 5m"')),
  where: text('the target and its address'),
});
export type ShownAction = Logged<typeof shownAction>;

/** The item of a repeated step. */
export const shownItem = z.object({
  index: number('from 1'),
  count: z.number(),
  label: text('the item in a few words'),
});
export type ShownItem = Logged<typeof shownItem>;

/** The error of a step: a {@link StepError}. */
const errorFields = {
  kind: z.enum(ERROR_KINDS),
  message: z.string(),
  phase: opt(z.enum(ERROR_PHASES)),
  begun: opt(z.boolean()),
  code: opt(text('SQLSTATE, errno or exit code')),
  hint: opt(text('what the operator can do about it')),
  position: opt(number('the offset in the SQL text, from 0')),
  at: opt(z.object({ line: z.number(), column: z.number(), file: opt(z.string()) })),
} satisfies Record<keyof StepError, unknown>;
export const stepError = z.object(errorFields);

/** An output in a file of its own; the journal contains both ends, size and digest. */
export const outputRecord = z.object({
  stream: z.enum(['stdout', 'stderr']),
  file: text("relative to the run's folder"),
  bytes: z.number(),
  droppedBytes: number('bytes that no file holds'),
  sha256: z.string(),
  head: z.string(),
  tail: z.string(),
});
export type OutputRecord = Logged<typeof outputRecord>;

/** The limits of a step; an absent field means no limit. */
export const stepLimits = z.object({
  timeoutMs: opt(number('of one execution, in ms')),
  attempts: opt(number('of a read that is retried')),
  pauseMs: opt(number('the length of a wait without a condition')),
  until: opt(text('the condition of a verification or a wait')),
  withinMs: opt(number('how long that condition is checked at most')),
});
export type StepLimits = Logged<typeof stepLimits>;

/** A step before it runs. */
export const stepOutline = z.object({
  id: step,
  title: z.string(),
  why: opt(z.string()),
  phase: z.enum(PHASES),
  kind: z.enum(STEP_KINDS),
  effect,
  parent: opt(text('the step it runs inside')),
  outcome: opt(z.enum(OUTCOMES)),
  limits: opt(stepLimits),
});
export type StepOutline = Logged<typeof stepOutline>;

/** A clause of `next`. */
export const shownClause = z.object({
  condition: opt(text('missing in the default')),
  goto: opt(z.string()),
  finding: opt(z.string()),
});
export type ShownClause = Logged<typeof shownClause>;

/** A name in a condition and its value, e.g. `result.row.used` = 18; masked. */
export const shownValue = z.object({ name: z.string(), value: json });
export type ShownValue = Logged<typeof shownValue>;

/** The reason why the run waits. */
export const awaitedFor = z.enum([
  'start', // Enter before a step
  'gate', // confirmation of a change
  'failure', // what to do about a failed step
  'decision', // a condition that could not be evaluated
  'unknown', // what to do about an unknown outcome
  'answer', // an ask step
  'report', // a manual step
  'stopped', // Ctrl-C
  'stuck', // a step entered too often
]);
export type AwaitedFor = Logged<typeof awaitedFor>;

/** The address of a target; parts missing in it are `null`. */
export const startedTarget = z.object({
  name: z.string(),
  description: z.string(),
  engine: opt(z.nullable(z.enum(ENGINES))),
  host: opt(z.nullable(z.string())),
  port: opt(z.nullable(z.number())),
  database: opt(z.nullable(z.string())),
  user: opt(z.nullable(z.string())),
});
export type StartedTarget = Logged<typeof startedTarget>;

/** Of runbooks without marks, the cause is derived from findings and changes. */
const marksCauses = opt(said(z.literal(true), 'it marks the findings that are causes'));

const libraries = opt(
  said(
    z.array(z.object({ name: z.string(), sha256: text('the digest of the library file') })),
    'the library files in its text',
  ),
);

/** The runbook of a run, from its start. */
export const startedRunbook = z.object({
  name: z.string(),
  title: z.string(),
  severity: z.string(),
  summary: z.string(),
  file: z.string(),
  sha256: text('the digest of its text, library files included'),
  libraries,
  commit: opt(text('the git commit checked out in its folder')),
  changedSinceCommit: opt(
    said(z.boolean(), 'true if the file differs from that commit; missing if that is not known'),
  ),
  impact: opt(said(z.string(), 'what its incident does to users')),
  marksCauses,
  prevention: texts,
  related: texts,
});
export type StartedRunbook = Logged<typeof startedRunbook>;

/** An input with its value; masked if it is secret. */
export const shownInput = z.object({ name: z.string(), value: json, secret: z.boolean() });

/** An input of a runbook that runs as a step: its text, or its name if it is secret. */
export const shownChildInput = z.object({
  name: z.string(),
  secret: z.boolean(),
  value: z.string(),
});
export type ShownChildInput = Logged<typeof shownChildInput>;

/** A runbook that runs as a step; the run keeps a copy of it. */
export const startedChild = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string(),
  libraries,
  inputs: opt(said(z.array(shownChildInput), 'the inputs that the environment provides')),
  impact: opt(said(z.string(), 'what its incident does to users')),
  marksCauses,
  prevention: opt(said(texts, 'what prevents its incident')),
});

/** An action that had started and not finished. */
export const interruptedAction = z.object({ step, part: stepPart, effect });

/** A confirmed row that is spared, because it is no longer as shown. */
export const sparedRow = z.object({
  row: values,
  now: opt(said(values, 'what it is now; missing when it is gone')),
});
export type SparedRow = Logged<typeof sparedRow>;

/** The differences from the previous gate of a step. */
export const shownChanges = z.object({
  server: said(z.boolean(), 'it runs on another server, or its rows are from another one'),
  rows: opt(
    z.object({
      changed: z.array(z.object({ row: values, now: values })),
      gone: z.array(values),
      added: z.array(values),
    }),
  ),
});
export type ShownChanges = Logged<typeof shownChanges>;

/** The rows of a preview, which a gate shows and its action receives. */
export const pinnedRows = z.object({
  columns: texts,
  rows: z.array(values),
  freshForMs: z.number(),
  at: time('when they were read'),
  needed: opt(said(z.number(), 'how many rows the step needs')),
  notNeeded: opt(said(z.array(values), 'the further rows that were read, which it does not need')),
  missing: opt(said(texts, 'columns of `preview.volatile` that the rows do not have')),
});
export type PinnedRows = Logged<typeof pinnedRows>;

/** Another run that is at a change of the same target. */
export const otherRun = z.object({
  run: text('its ID'),
  runbook: z.string(),
  title: text('the title of its change'),
  operator: z.string(),
  host: z.string(),
  since: time('when its gate opened, or when it was confirmed'),
  same: said(z.boolean(), 'it is the same change: the same step, with the same action'),
  atWork: said(z.boolean(), 'it was confirmed and has not ended; otherwise its gate is open'),
  unchecked: opt(
    said(z.literal(true), 'whether its process is alive cannot be checked from this machine'),
  ),
});
export type OtherRun = Logged<typeof otherRun>;

/** The result of the check of a change whose outcome is unknown; `none` if it was not made. */
export const outcomeCheck = z.enum(['passed', 'not-passed', 'failed', 'none']);
export type OutcomeCheck = z.infer<typeof outcomeCheck>;

/** The mode of a run. */
export const runMode = z.enum(RUN_MODES);
/** How a gate is confirmed. */
export const confirmLevel = z.enum(CONFIRM_LEVELS);
/** The answer to a gate. */
export const gateAnswer = z.enum([
  'confirmed',
  'declined',
  'left-out',
  'refresh',
  'refused',
  'simulated',
]);
/** How an action ended. */
export const actionStatus = z.enum(['succeeded', 'failed', 'unknown']);
/** The causes that decide the next step. */
export const branchCause = z.enum(['condition', 'default', 'order', 'operator']);
