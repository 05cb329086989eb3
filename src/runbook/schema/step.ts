import * as z from 'zod/mini';
import { ACTION_KIND_NAMES, type ActionKind, declarationOf } from '../kinds/action-kinds.ts';
import type { Written } from '../kinds/declaration.ts';
import type { StepKind } from '../kinds/step-kinds.ts';
import { OUTCOMES } from '../model/outcomes.ts';
import { PHASES } from '../model/terms.ts';
import {
  again,
  gated,
  look,
  type On,
  place,
  readTimeout,
  repeatedBody,
  repeatedLook,
} from './action.ts';
import { condition, count, duration, flag, identifier, opt, text, texts } from './parts.ts';

const clause = z.strictObject({
  if: opt(condition('when this clause applies; omit it on the last clause, the default')),
  finding: opt(text('the finding, in one sentence')),
  cause: opt(flag('true: the finding is a cause of the incident')),
  goto: opt(
    identifier.check(z.describe('the ID of the step to continue with (default: the next one)')),
  ),
});

const use = {
  use: identifier.check(z.describe('a template of a library file')),
  with: opt(
    z.record(identifier, z.unknown()).check(z.describe('the parameters of the template, by name')),
  ),
};

function nextOf<C extends z.ZodMiniType>(one: C) {
  return z
    .union([identifier.check(z.describe('the step to continue with')), z.array(one)])
    .check(z.describe('where the run continues: a step, or clauses, the first true one wins'));
}

/** The schemas of the handlers of a runbook or a phase. */
export const handlers = {
  on_error: opt(nextOf(clause).check(z.describe('where the run continues when a step fails'))),
  on_declined: opt(
    nextOf(clause).check(z.describe('where the run continues when the operator declines a step')),
  ),
};

const stepHead = {
  id: identifier.check(z.describe('the name of the step: lower-case letters, digits, _ and -')),
  title: opt(text('what the step does or asks, in a few words')),
  why: opt(text('what the step shows or achieves')),
  if: opt(condition('the step is skipped if this is false')),
};

const common = {
  ...stepHead,
  phase: opt(
    z
      .enum(PHASES)
      .check(z.describe("the phase, a group on the screen (default: the previous step's)")),
  ),
  next: opt(nextOf(clause)),
  max_visits: opt(count('how often a run may reach this step before it asks (default: 10)')),
};

const repeated = {
  for_each: opt(
    text(
      'runs the step for every item of this list, one at a time; a CEL expression, e.g. inputs.hosts or \'["a", "b"]\'',
    ),
  ),
  as: opt(identifier.check(z.describe("the item's name in expressions (default: item)"))),
  max_failures: opt(count('how many items may fail before the operator is asked (default: none)')),
};

const concurrent = {
  ...repeated,
  concurrency: opt(count('how many items are read at once (default: 1)')),
  gate: opt(
    z
      .enum(['each', 'all'])
      .check(z.describe('a gate for each item, or one for all of them (default: each)')),
  ),
};

const waitUntil = z
  .strictObject({
    ...repeatedBody,
    again: opt(again),
    until: condition('the wait ends when this is true of the result'),
    within: duration('the longest wait; the step fails after it'),
    every: duration('the pause between two reads', '2s'),
    timeout: opt(readTimeout('the timeout of one read')),
  })
  .check(z.describe('a read that is repeated until a condition is true'));

const branches = z
  .array(z.unknown())
  .check(z.minLength(1), z.describe('reads that run at the same time'));

const onlyReads = z.literal('read').check(z.describe('a branch only reads'));

function branchSchema(kind: ActionKind): z.ZodMiniType {
  const { schema, options, canChange, runsOn } = declarationOf(kind);
  return z.strictObject({
    ...stepHead,
    ...look,
    ...(runsOn === 'here' ? {} : { on: opt(place) }),
    ...(canChange ? { effect: opt(onlyReads) } : {}),
    ...{ [kind]: schema, ...options },
  });
}

function stepSchema(kind: ActionKind): z.ZodMiniType {
  const { schema, options, stepOptions, canChange, runsOn } = declarationOf(kind);
  return z.strictObject({
    ...common,
    ...(canChange ? gated : repeatedLook),
    ...(runsOn === 'here' ? {} : { on: opt(place) }),
    ...concurrent,
    ...{ [kind]: schema, ...options, ...stepOptions },
  });
}

function ofEveryKind(schemaOf: (kind: ActionKind) => z.ZodMiniType) {
  const all = ACTION_KIND_NAMES.map((kind) => [kind, schemaOf(kind)] as const);
  return Object.fromEntries(all) as Readonly<Record<ActionKind, z.ZodMiniObject>>;
}

/** An action as written: a step, or a branch of `parallel`, which has fewer keys. */
export type ActionDocument = z.infer<z.ZodMiniObject<typeof common & typeof gated>> &
  z.infer<z.ZodMiniObject<typeof concurrent>> &
  Written & { readonly on?: On; readonly env?: Readonly<Record<string, string>> };

/** The schema of each kind of step inside `parallel`. */
export const BRANCH_SCHEMAS = ofEveryKind(branchSchema);

const choices = z
  .union([texts('the possible answers'), text('a list of them; a CEL expression')])
  .check(z.describe('the possible answers, or a CEL expression that lists them'));

/** The keys of a question that is answered with text, a number or one of some choices. */
const asked = { question: text('the question'), choices: opt(choices) };

/** Returns the schema of choices that say where each of them leads, for editors. */
function choicesTo(clause: z.ZodMiniType) {
  const lead = z.union([identifier, clause, z.array(clause)]);
  return z
    .union([choices, z.record(z.string(), lead)])
    .check(z.describe('the possible answers; as CHOICE: STEP they also say where each leads'));
}

const fields = z
  .record(
    identifier,
    z.union([
      text('a question answered with a line of text'),
      z.strictObject({
        ...asked,
        type: opt(
          z
            .enum(['text', 'number', 'choice'])
            .check(
              z.describe('the type of the answer (default: choice with choices, otherwise text)'),
            ),
        ),
      }),
    ]),
  )
  .check(z.describe('questions asked one after the other, by the names of their answers'));

const question = z.strictObject({
  ...asked,
  type: opt(
    z
      .enum(['text', 'number', 'choice', 'secret'])
      .check(z.describe('the type of the answer (default: choice with choices, otherwise text)')),
  ),
  fields: opt(fields),
  input: opt(identifier.check(z.describe('the input that the answer is stored in'))),
});

function askOf<Q extends z.ZodMiniType>(one: Q) {
  return z
    .union([text('a question answered with a line of text'), one])
    .check(z.describe('a question to the operator'));
}

const OTHER_SCHEMAS = {
  ask: z.strictObject({ ...common, ask: askOf(question) }),
  manual: z.strictObject({ ...common, ...repeated, manual: text('an instruction for a person') }),
  wait: z.strictObject({
    ...common,
    on: opt(place),
    wait: z
      .union([duration('how long to wait'), waitUntil])
      .check(z.describe('how long to wait, or the condition to wait for')),
  }),
  runbook: z.strictObject({
    ...common,
    ...repeated,
    runbook: identifier.check(z.describe('the runbook to run as one step')),
    with: opt(
      z
        .record(identifier, z.union([z.string(), z.number(), z.boolean()]))
        .check(z.describe('its inputs, by name')),
    ),
  }),
  parallel: z.strictObject({ ...common, parallel: branches }),
  finish: z.strictObject({
    ...common,
    finish: z
      .strictObject({
        outcome: z.enum(OUTCOMES).check(z.describe('the outcome of the run')),
        summary: text('a summary, in one or two sentences'),
        unchecked: opt(
          text('what the run has not checked; listed as left to do if it is resolved'),
        ),
        continue_with: opt(
          identifier.check(z.describe('the runbook to run next, by the operator or the caller')),
        ),
      })
      .check(z.describe('ends the run')),
  }),
} as const satisfies Readonly<Record<Exclude<StepKind, ActionKind>, z.ZodMiniType>>;

/** The schema of each kind of step, by the key that makes it that kind. */
export const STEP_SCHEMAS = { ...ofEveryKind(stepSchema), ...OTHER_SCHEMAS };

/** A step as written, by kind. */
export type StepDocument = Readonly<Record<ActionKind, ActionDocument>> & {
  [K in keyof typeof OTHER_SCHEMAS]: z.infer<(typeof OTHER_SCHEMAS)[K]>;
};

/** Returns the schema of a clause of `next`, or of the use of a template in its place, for editors. */
export function anyClause(): z.ZodMiniType {
  return z.union([z.strictObject(use), clause]);
}

/** Returns the schema of all kinds of step and of the use of a template together, for editors. */
export function anyStep(): z.ZodMiniType {
  const next = opt(nextOf(anyClause()));
  const used = z.extend(z.looseObject({ ...stepHead, ...use }), {
    id: opt(stepHead.id),
    phase: common.phase,
    next,
  });
  const branch = z.union([used, ...Object.values<z.ZodMiniType>(BRANCH_SCHEMAS)]);
  const parallel = z.extend(STEP_SCHEMAS.parallel, {
    parallel: z.array(branch).check(z.describe('reads that run at the same time')),
  });
  const asking = z.extend(question, { choices: opt(choicesTo(anyClause())) });
  const ask = z.extend(STEP_SCHEMAS.ask, { ask: askOf(asking) });
  const kinds = Object.values({ ...STEP_SCHEMAS, ask, parallel });
  return z.union([used, ...kinds.map((kind) => z.extend(kind, { next }))]);
}
