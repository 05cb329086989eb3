import * as z from 'zod/mini';
import { ENGINES } from '#runbook/model/engines.ts';
import { CONFIRM_LEVELS } from '#runbook/model/terms.ts';
import { duration, flag, opt, text, texts } from '#runbook/schema/parts.ts';
import { ACTION_MOCKS, common } from '../mocks/by-kind.ts';
import { CASE_OUTCOMES, CASE_STATUSES } from './case.ts';

/** The schema of the end of a pause. */
export const PAUSE_SCHEMA = z.strictObject(common).check(z.describe('how a pause ends'));

const { probe, ...others } = ACTION_MOCKS;
// The result of a probe has any field, and so comes last.
const anyResult = z.union([
  ...Object.values<{ readonly schema: z.ZodMiniType }>(others).map(({ schema }) => schema),
  PAUSE_SCHEMA,
  probe.schema,
]);
const results = (what: string) =>
  z
    .union([anyResult, z.array(anyResult)])
    .check(z.describe(`${what}; a list: one after the other`));

/** The parts of a step whose results a case gives by name. */
const PART_SCHEMA = z.strictObject({
  preview: opt(results('what the preview finds')),
  recheck: opt(results('its rows when read again after the confirmation (default: the same)')),
  result: opt(results('what the action returns')),
  verify: opt(results('what each check of the verification returns')),
  undo: opt(results('what the undo returns')),
});

const steps = (what: string) =>
  z
    .record(z.string(), z.union([anyResult, z.array(anyResult), PART_SCHEMA]))
    .check(z.describe(what));

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const inputs = (what: string) =>
  z.record(z.string(), z.union([scalar, z.array(scalar)])).check(z.describe(what));
const targets = z
  .record(
    z.string(),
    z.strictObject({
      engine: opt(z.enum(ENGINES).check(z.describe('the engine it is'))),
      host: opt(text('its host')),
      port: opt(z.int().check(z.describe('its port'))),
      database: opt(text('its database')),
      user: opt(text('the role that is logged in')),
    }),
  )
  .check(z.describe('what is known of a target after connecting, if its URL does not say it'));

const step = (what: string) => text(`${what}: the id of the step where the run waits`);
const because = opt(text('the reason that is recorded'));
const evidence = opt(text('what the operator says they saw'));
const rowNumbers = (what: string) => z.array(z.int().check(z.gte(1))).check(z.describe(what));
const timing = {
  after: opt(duration('how long the operator takes')),
  at: opt(
    z.literal('start').check(z.describe('before the step starts, instead of letting it run')),
  ),
};

/** The schemas of the operator's actions in a case, by key. */
export const ANSWER_SCHEMAS = {
  confirm: z.strictObject({
    confirm: step('confirms what the gate shows'),
    with: opt(text('what is typed (default: the right phrase)')),
    ...timing,
  }),
  decline: z.strictObject({ decline: step('declines what the gate shows'), because, ...timing }),
  leave_out: z.strictObject({
    leave_out: step('leaves rows out of the gate, or takes them back'),
    rows: opt(rowNumbers('the rows that are left out, from 1')),
    back: opt(rowNumbers('the rows that are taken back, from 1: left out, then not needed')),
    ...timing,
  }),
  refresh: z.strictObject({ refresh: step('refreshes the rows of the gate'), ...timing }),
  answer: z.strictObject({
    answer: step('answers a question'),
    with: scalar.check(z.describe('the answer')),
    ...timing,
  }),
  done: z.strictObject({ done: step('reports a manual step as done'), evidence, ...timing }),
  not_done: z.strictObject({
    not_done: step('reports that a manual step could not be done'),
    evidence,
    ...timing,
  }),
  skip: z.strictObject({ skip: step('goes on without the step'), because, ...timing }),
  retry: z.strictObject({ retry: step('runs the step again'), ...timing }),
  edit: z.strictObject({
    edit: step('changes inputs and runs the step again'),
    inputs: inputs('the inputs that change'),
    ...timing,
  }),
  mark_done: z.strictObject({
    mark_done: step('marks the step as done'),
    evidence,
    ...timing,
  }),
  jump: z.strictObject({
    jump: step('goes to another step'),
    to: text('the id of the step to go to'),
    because,
    ...timing,
  }),
  choose: z.strictObject({
    choose: step('decides a condition that has no value'),
    clause: z
      .union([z.int().check(z.gte(1)), z.literal('next')])
      .check(z.describe('the clause of next, from 1; or next: continue with the next step')),
    because,
    ...timing,
  }),
  recheck: z.strictObject({
    recheck: step('checks an unknown outcome'),
    ...timing,
  }),
  continue: z.strictObject({ continue: step('goes on'), ...timing }),
  undo: z.strictObject({ undo: text('undoes this step: its id'), because, ...timing }),
  stop: z.strictObject({ stop: step('presses Ctrl-C while the step runs'), ...timing }),
  leave: z.strictObject({ leave: step('leaves the run'), ...timing }),
  abort: z.strictObject({ abort: step('ends the run for good'), because, ...timing }),
} as const;

/** The key of an action of the operator. */
export type AnswerVerb = keyof typeof ANSWER_SCHEMAS;

const SKIPS = '"..." matches any number of entries';

const gate = z.strictObject({
  step: text('the id of the step whose gate it is'),
  effect: opt(z.enum(['change', 'destructive']).check(z.describe('what it says it does'))),
  level: opt(z.enum(CONFIRM_LEVELS).check(z.describe('how it is confirmed'))),
  phrase: opt(text('what has to be typed')),
  rows: opt(z.int().check(z.describe('how many rows it shows'))),
  undo: opt(flag('true: it is the gate of the undo')),
  shows: opt(
    texts('texts on the gate: in the action, its values, the place, the rows, the warning'),
  ),
});

/** The schema of the expectations of a case. */
const EXPECT_SCHEMA = z
  .strictObject({
    path: opt(texts(`the steps in the order the run reaches them; ${SKIPS}`)),
    outcome: opt(z.enum(CASE_OUTCOMES).check(z.describe('how the run ends'))),
    summary: opt(text('a text in the final summary')),
    continue_with: opt(text('the runbook that the run ends with to continue')),
    findings: opt(texts(`a part of each finding, in order; ${SKIPS}`)),
    causes: opt(texts(`a part of each finding marked as a cause, in order; ${SKIPS}`)),
    gates: opt(
      z
        .array(z.union([z.string(), gate]))
        .check(z.describe(`the gates in the order they open, by step or in detail; ${SKIPS}`)),
    ),
    statuses: opt(
      z
        .record(z.string(), z.enum(CASE_STATUSES))
        .check(z.describe('the final status of steps, by id')),
    ),
    spared: opt(
      z
        .record(z.string(), z.int().check(z.gte(0)))
        .check(z.describe('how many changed rows a step spared, by id')),
    ),
  })
  .check(z.describe('what has to be true of the run'));

/** A case without the parts that depend on the runbook, which are read later. */
const CASE_SCHEMA = z.strictObject({
  name: text('what the case shows, in a few words'),
  inputs: opt(inputs('the inputs of the run, by name')),
  targets: opt(targets),
  steps: opt(z.record(z.string(), z.unknown()).check(z.describe('what each step returns, by id'))),
  answers: opt(z.array(z.unknown()).check(z.describe('what the operator does, in order'))),
  expect: EXPECT_SCHEMA,
});

/** A file of cases; the keys beside `cases` apply to every case. */
export const CASES_SCHEMA = z.strictObject({
  inputs: opt(inputs('inputs of every case; a case can override them')),
  targets: opt(targets),
  steps: opt(
    z
      .record(z.string(), z.unknown())
      .check(z.describe('results for every case, by step; a case can override them')),
  ),
  cases: z.array(CASE_SCHEMA).check(z.describe('the cases')),
});

/** A case as written. */
export type CaseDocument = z.infer<typeof CASE_SCHEMA>;

/** Returns the JSON Schema (draft 2020-12) of test files, for editors. */
export function casesJsonSchema(): Record<string, unknown> {
  const whole = z.extend(CASE_SCHEMA, {
    steps: opt(steps('what each step returns, by id: a result, a list of them, or its parts')),
    answers: opt(
      z
        .array(z.union(Object.values<z.ZodMiniType>(ANSWER_SCHEMAS)))
        .check(z.describe('what the operator does, in order')),
    ),
  });
  const file = z.extend(CASES_SCHEMA, {
    steps: opt(steps('results for every case, by step; a case can override them')),
    cases: z.array(whole).check(z.describe('the cases')),
  });
  return z.toJSONSchema(file, { reused: 'ref' }) as Record<string, unknown>;
}
