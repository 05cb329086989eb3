import * as z from 'zod/mini';
import { ENGINES } from '../model/engines.ts';
import { DEFAULT_SEVERITY, SEVERITIES } from '../model/terms.ts';
import {
  condition,
  duration,
  flag,
  identifier,
  opt,
  scriptText,
  sqlText,
  text,
  texts,
} from './parts.ts';
import { probeSchema } from './probe.ts';
import { anyStep } from './step.ts';

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
    engine: opt(z.enum(ENGINES).check(z.describe('fixes the engine'))),
    reserve: opt(
      text('the URL of a role with reserved slots, used only when no ordinary slot is left'),
    ),
    login: opt(
      z
        .enum(['operator', 'application'])
        .check(z.describe('operator: a login that is not accepted waits for the operator')),
    ),
  }),
  z.strictObject({ local: z.literal(true).check(z.describe('the machine runbook runs on')) }),
  z.strictObject({ ssh: text('user@host, or an alias of the ssh configuration') }),
  z.strictObject({ docker: text("a container's name or id") }),
  z.strictObject({
    kubernetes: z
      .strictObject({
        pod: opt(text('the pod; or deployment')),
        deployment: opt(text('a deployment, of which one pod is taken; or pod')),
        container: opt(text('the container in the pod; its first when left out')),
        namespace: opt(text('the namespace; that of the context when left out')),
        context: opt(
          text('the context of the kubectl configuration; the current one when left out'),
        ),
      })
      .check(z.describe('a pod that scripts run in')),
  }),
]);

const prerequisite = z
  .union([
    z.string(),
    z.strictObject({
      text: text('what has to be there'),
      sql: opt(sqlText),
      shell: opt(scriptText),
      probe: opt(probeSchema),
      on: opt(identifier.check(z.describe('the target it is looked for on'))),
      expect: opt(condition('it is not there when this is not true of the result')),
      timeout: opt(
        duration('the look is ended after this long; 10s for SQL and probes, 60s for scripts'),
      ),
    }),
  ])
  .check(z.describe('what has to be there; with a read that looks for it before the first step'));

const symptom = z.union([
  text('a text that the log lines of this incident hold'),
  z.strictObject({ pattern: text('a regular expression that they match') }),
]);

/** A runbook without its steps, which are checked one by one. */
export const HEAD_SCHEMA = z.strictObject({
  name: identifier.check(z.describe('equals the file name')),
  title: text('what the operator calls the incident'),
  severity: opt(
    z.enum(SEVERITIES).check(z.describe(`how bad it is; ${DEFAULT_SEVERITY} when left out`)),
  ),
  summary: text('the incident in a sentence'),
  symptoms: opt(z.array(symptom).check(z.describe('what the incident looks like in logs'))),
  impact: opt(text('who feels it and how')),
  prerequisites: opt(
    z.array(prerequisite).check(z.describe('what has to be there before the run starts')),
  ),
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

/** Returns the JSON Schema (draft 2020-12) that editors use for completion and hover texts. */
export function runbookJsonSchema(): Record<string, unknown> {
  const steps = z.array(anyStep()).check(z.describe('the story, from top to bottom'));
  return z.toJSONSchema(z.extend(HEAD_SCHEMA, { steps })) as Record<string, unknown>;
}
