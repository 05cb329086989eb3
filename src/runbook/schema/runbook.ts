import * as z from 'zod/mini';
import { ACTION_KIND_NAMES } from '../kinds/action-kinds.ts';
import { ENGINES } from '../model/engines.ts';
import { SCALAR_TYPES } from '../model/input-definition.ts';
import { DEFAULT_SEVERITY, SEVERITIES } from '../model/terms.ts';
import { bodyKeys, readTimeout } from './action.ts';
import { condition, flag, identifier, opt, places, text, texts } from './parts.ts';
import { anyStep, handlers } from './step.ts';

const inputValue = z.union([z.string(), z.number(), z.boolean()]);
const bound = (what: string) => z.union([z.string(), z.number()]).check(z.describe(what));

const input = z.strictObject({
  type: opt(
    z.enum([...SCALAR_TYPES, 'list']).check(z.describe('how the value is read (default: text)')),
  ),
  items: opt(
    z.enum(SCALAR_TYPES).check(z.describe('how each item of a list is read (default: text)')),
  ),
  enum: opt(
    z
      .array(z.union([z.string(), z.number()]))
      .check(z.minLength(1), z.describe('the only values; of a list, the only items')),
  ),
  pattern: opt(text('a regular expression that the whole value matches; of a list, each item')),
  min: opt(bound('the least number, duration, or number of items of a list')),
  max: opt(bound('the greatest number, duration, or number of items of a list')),
  secret: opt(flag('never shown, recorded or passed on a command line')),
  env: opt(text('the environment variable that is read when no value is given')),
  default: opt(
    z
      .union([z.string(), z.number(), z.boolean(), z.array(inputValue)])
      .check(z.describe('used when no value is given')),
  ),
  required: opt(flag('false: the run starts without it and the value is null')),
  description: opt(text('what the value is, for the operator')),
});

const target = z
  .union([
    z.strictObject({
      database: text('the connection URL, usually an input'),
      engine: opt(z.enum(ENGINES).check(z.describe('fixes the engine'))),
      reserve: opt(
        text('the URL of a role with reserved slots, used only when no ordinary slot is free'),
      ),
      login: opt(
        z
          .enum(['operator', 'application'])
          .check(z.describe('operator: a login that is not accepted waits for the operator')),
      ),
    }),
    z.strictObject({ local: z.literal(true).check(z.describe('the machine runbook runs on')) }),
    ...places,
  ])
  .check(
    z.describe(
      '{ database: URL }, { ssh: HOST }, { docker: CONTAINER }, { kubernetes: … } or { local: true }',
    ),
  );

const prerequisite = z
  .union([
    z.string(),
    z.strictObject({
      text: text('what is required'),
      ...bodyKeys(ACTION_KIND_NAMES),
      on: opt(identifier.check(z.describe('the target of the check'))),
      expect: opt(condition('the prerequisite is met if this is true of the result')),
      timeout: opt(readTimeout('the timeout of the check')),
    }),
  ])
  .check(
    z.describe('what is required, optionally with a read that checks it before the first step'),
  );

const symptom = z.union([
  text('a text in the log lines of this incident'),
  z.strictObject({ pattern: text('a regular expression that the log lines match') }),
]);

/** A runbook without its steps, which are checked one by one. */
export const HEAD_SCHEMA = z.strictObject({
  name: identifier.check(z.maxLength(100), z.describe('equals the file name')),
  title: text("the incident's name, as the operator would say it"),
  severity: opt(
    z.enum(SEVERITIES).check(z.describe(`the severity (default: ${DEFAULT_SEVERITY})`)),
  ),
  summary: text('the incident in one sentence'),
  requires: opt(text('the least version of runbook that it needs, e.g. >=1.4')),
  uses: opt(
    z.array(identifier).check(z.describe('library files in lib/ beside the runbook, by name')),
  ),
  symptoms: opt(z.array(symptom).check(z.describe('what the incident looks like in logs'))),
  impact: opt(text('who is affected and how')),
  prerequisites: opt(
    z.array(prerequisite).check(z.describe('what is required before the run starts')),
  ),
  inputs: opt(
    z.record(identifier, input).check(z.describe('the values the operator gives, by name')),
  ),
  values: opt(
    z
      .record(identifier, inputValue)
      .check(z.describe('values that are computed from inputs and targets, by name; CEL')),
  ),
  outputs: opt(
    z
      .record(identifier, inputValue)
      .check(z.describe('values for the runbook that runs this one as a step, by name; CEL')),
  ),
  targets: opt(z.record(identifier, target).check(z.describe('where steps run, by name'))),
  on: opt(identifier.check(z.describe('the target of the steps that name none, where it fits'))),
  ...handlers,
  phases: opt(
    z
      .strictObject({
        diagnose: opt(z.strictObject(handlers).check(z.describe('handlers of diagnose'))),
        fix: opt(z.strictObject(handlers).check(z.describe('handlers of fix'))),
        verify: opt(z.strictObject(handlers).check(z.describe('handlers of verify'))),
      })
      .check(z.describe('handlers of the steps of a phase, before those of the runbook')),
  ),
  steps: z.array(z.unknown()).check(z.describe('the steps, in order')),
  finally: opt(z.array(z.unknown()).check(z.describe('the steps at the end of every run'))),
  prevention: opt(texts('what prevents the incident')),
  related: opt(z.array(identifier).check(z.describe('the names of related runbooks'))),
});

/** A runbook document as written, before names and expressions are checked. */
export type Head = z.infer<typeof HEAD_SCHEMA>;

/** Returns the JSON Schema (draft 2020-12) that editors use for completion and hover texts. */
export function runbookJsonSchema(): Record<string, unknown> {
  const steps = z.array(anyStep()).check(z.describe('the steps, in order'));
  const last = opt(z.array(anyStep()).check(z.describe('the steps at the end of every run')));
  return z.toJSONSchema(z.extend(HEAD_SCHEMA, { steps, finally: last })) as Record<string, unknown>;
}
