import * as z from 'zod/mini';
import { ERROR_KINDS } from './step-error.ts';

const text = (description: string) => z.string().check(z.describe(description));
const flag = (description: string) => z.boolean().check(z.describe(description));
const count = (description: string) => z.int().check(z.gte(1), z.describe(description));
const opt = z.optional;

const identifier = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]*$/), z.describe('lower-case letters, digits, _ and -'));
const duration = (what: string) =>
  z
    .string()
    .check(
      z.regex(/^\d+(\.\d+)?(ms|s|m|h)$/),
      z.describe(`${what}; a duration: 500ms, 10s, 5m or 1h`),
    );
const condition = (what: string) =>
  z.union([z.string(), z.boolean()]).check(z.describe(`${what}; a CEL expression`));
const texts = (what: string) => z.array(z.string()).check(z.describe(what));

const sqlText = z
  .union([
    z.string(),
    z.strictObject({
      postgres: opt(text('the statement for PostgreSQL')),
      mysql: opt(text('the statement for MySQL, and for MariaDB where it has none of its own')),
      mariadb: opt(text('the statement for MariaDB')),
    }),
  ])
  .check(
    z.describe('one SQL statement, or one per engine; ${{ }} values are bound, never spliced'),
  );
const scriptText = text('a script run by bash; each ${{ }} arrives as one quoted word');

const input = z.strictObject({
  type: opt(
    z
      .enum(['text', 'number', 'boolean', 'duration', 'url'])
      .check(z.describe('how the value is read; text when left out')),
  ),
  secret: opt(flag('never shown, written down or passed on a command line')),
  env: opt(text('the environment variable that is read when no value is given')),
  default: opt(
    z.union([z.string(), z.number(), z.boolean()]).check(z.describe('used when no value is given')),
  ),
  required: opt(flag('false: the run starts without it and the value is null')),
  description: opt(text('what it is, for the person who fills it in')),
});

const target = z.union([
  z.strictObject({
    database: text('the connection URL, usually an input'),
    engine: opt(z.enum(['postgres', 'mysql', 'mariadb']).check(z.describe('fixes the engine'))),
    reserve: opt(
      text('the URL of a role with reserved slots, used only when no ordinary slot is left'),
    ),
  }),
  z.strictObject({ local: z.literal(true).check(z.describe('the machine runbook runs on')) }),
]);

const clause = z.strictObject({
  if: opt(condition('when this way is taken; left out on the last one, which is the default')),
  finding: opt(text('what this branch means, in a sentence')),
  goto: opt(identifier.check(z.describe('the step to go on with; the next one when left out'))),
});

const retry = z
  .strictObject({
    attempts: count('attempts in all, the first included'),
    delay: opt(duration('the pause before the second attempt; 1s when left out')),
    backoff: opt(
      z.number().check(z.gte(1), z.describe('each pause is this many times the last; 2')),
    ),
    max_delay: opt(duration('no pause is longer; 30s when left out')),
    jitter: opt(flag('false: the pauses are not shortened at random')),
    on: opt(z.array(z.enum(ERROR_KINDS)).check(z.describe('only these kinds of failure'))),
  })
  .check(z.describe('tries a failed read again'));

const preview = z
  .strictObject({
    sql: sqlText,
    max_rows: opt(count('more rows than this: the gate refuses; 50 when left out')),
    fresh_for: opt(duration('older rows are read again before a confirmation counts; 30s')),
  })
  .check(z.describe('a read whose rows the gate shows and the action gets'));

const confirm = z
  .strictObject({
    level: opt(z.enum(['key', 'type']).check(z.describe('one key, or a typed phrase'))),
    phrase: opt(text("what has to be typed; the step's id when left out")),
    warning: opt(text('what the operator should know before confirming')),
  })
  .check(z.describe('what the gate asks for'));

const verify = z
  .strictObject({
    sql: opt(sqlText),
    shell: opt(scriptText),
    until: condition('the check succeeds when this is true'),
    within: opt(duration('the step has failed when it has not succeeded by then; 30s')),
    every: opt(duration('the pause between two checks; 2s')),
  })
  .check(z.describe('a read, repeated after the action, that shows whether it worked'));

const undo = z
  .strictObject({ none: text('why there is nothing to undo, or no way to') })
  .check(z.describe('how the change can be taken back'));

const common = {
  id: identifier.check(z.describe('the name of the step: lower-case letters, digits, _ and -')),
  title: opt(text('what the step does or asks, in a few words')),
  why: opt(text('what the operator learns or gains from it')),
  phase: opt(
    z
      .enum(['diagnose', 'fix', 'verify'])
      .check(z.describe('groups the screen; as the step before when left out')),
  ),
  if: opt(condition('the step is passed over when this is false')),
  next: opt(
    z.array(clause).check(z.describe('where the story goes on; the first true clause wins')),
  ),
  max_visits: opt(count('how often a run may come here before it asks; 10 when left out')),
};

const action = {
  on: opt(identifier.check(z.describe('the target it runs on'))),
  effect: opt(
    z
      .enum(['read', 'change', 'destructive'])
      .check(z.describe('what it may do; a step that does not say read is gated')),
  ),
  timeout: opt(duration('it is ended after this long; 10s for SQL, 60s for scripts')),
  retry: opt(retry),
  preview: opt(preview),
  confirm: opt(confirm),
  expect: opt(condition('the step has failed when this is not true of its result')),
  verify: opt(verify),
  undo: opt(undo),
};

/** The schema of each kind of step, by the key that makes it that kind. */
export const STEP_SCHEMAS = {
  sql: z.strictObject({ ...common, ...action, sql: sqlText }),
  shell: z.strictObject({
    ...common,
    ...action,
    shell: scriptText,
    env: opt(
      z
        .record(z.string(), z.string())
        .check(z.describe('variables of the script; the only way in for secrets')),
    ),
    cwd: opt(text('the folder it runs in')),
    stdin: opt(text('what it reads from standard input; nothing when left out')),
    ok_exit: opt(z.array(z.int()).check(z.describe('exit codes that mean success; [0]'))),
  }),
  ask: z.strictObject({
    ...common,
    ask: z
      .union([
        text('a question answered with a line of text'),
        z.strictObject({
          question: text('the question'),
          type: opt(
            z
              .enum(['text', 'number', 'choice', 'secret'])
              .check(z.describe('what kind of answer; choice when there are choices, else text')),
          ),
          choices: opt(texts('the answers there are')),
        }),
      ])
      .check(z.describe('a question to the operator')),
  }),
  manual: z.strictObject({ ...common, manual: text('an instruction for a person') }),
  wait: z.strictObject({ ...common, wait: duration('how long to wait') }),
  finish: z.strictObject({
    ...common,
    finish: z
      .strictObject({
        outcome: z
          .enum(['resolved', 'unresolved', 'escalated'])
          .check(z.describe('how the run ends')),
        summary: text('how it ended, in a sentence or two'),
      })
      .check(z.describe('ends the run')),
  }),
} as const;

const symptom = z.union([
  text('a text that the log lines of this incident hold'),
  z.strictObject({ pattern: text('a regular expression that they match') }),
]);

/** Everything of a runbook but its steps, which are checked one by one. */
export const HEAD_SCHEMA = z.strictObject({
  name: identifier.check(z.describe('equals the file name')),
  title: text('what the operator calls the incident'),
  severity: opt(
    z
      .enum(['low', 'medium', 'high', 'critical'])
      .check(z.describe('how bad it is; medium when left out')),
  ),
  summary: text('the incident in a sentence'),
  symptoms: opt(z.array(symptom).check(z.describe('what the incident looks like in logs'))),
  impact: opt(text('who feels it and how')),
  prerequisites: opt(texts('what has to be there before the run starts')),
  inputs: opt(
    z.record(identifier, input).check(z.describe('the values the operator gives, by name')),
  ),
  targets: opt(z.record(identifier, target).check(z.describe('where steps run, by name'))),
  steps: z.array(z.unknown()).check(z.describe('the story, from top to bottom')),
  prevention: opt(texts('what keeps the incident from coming back')),
  related: opt(z.array(identifier).check(z.describe('the names of runbooks that are near'))),
});

/** A runbook document as written, before names and expressions are checked. */
export type Head = z.infer<typeof HEAD_SCHEMA>;

/** A step as written, by kind. */
export type StepDocument = { [K in keyof typeof STEP_SCHEMAS]: z.infer<(typeof STEP_SCHEMAS)[K]> };

/** Returns the JSON Schema (draft 2020-12) that editors use for completion and hover texts. */
export function runbookJsonSchema(): Record<string, unknown> {
  const step = z.union(Object.values<z.ZodMiniType>(STEP_SCHEMAS));
  const steps = z.array(step).check(z.describe('the story, from top to bottom'));
  return z.toJSONSchema(z.extend(HEAD_SCHEMA, { steps })) as Record<string, unknown>;
}
