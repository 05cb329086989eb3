import * as z from 'zod/mini';
import { ENGINES } from '#runbook/model/engines.ts';
import { APPROVAL_SCHEMA } from './approval.ts';

const opt = z.optional;
const text = (description: string) => z.string().check(z.describe(description));
const identifier = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]*$/), z.describe('lower-case letters, digits, _ and -'));

const value = (what: string) =>
  z
    .union([
      z.string(),
      z.number(),
      z.boolean(),
      z.strictObject({
        env: opt(text('the environment variable that holds it')),
        file: opt(text('the file that holds it; from the folder of this file, or from ~')),
        command: opt(text('the command that prints it, run by bash')),
        text: opt(text('the literal value, whatever it begins with')),
      }),
    ])
    .check(z.describe(`${what}; env:NAME, file:PATH, command: … or the value itself`));

/** Values that appear on command lines, where no secret is allowed. */
const name = (what: string) => text(`${what}; env:NAME or the name itself`);

const target = z
  .strictObject({
    local: opt(z.literal(true).check(z.describe('the machine runbook runs on'))),
    ssh: opt(name('an SSH destination: [user@]host')),
    docker: opt(name('a container')),
    kubernetes: opt(
      z
        .strictObject({
          context: opt(name('the kubectl context')),
          namespace: opt(name('the namespace')),
          pod: opt(name('a pod')),
          deployment: opt(name('a deployment; kubectl chooses one of its pods')),
          container: opt(name('the container in the pod')),
        })
        .check(z.describe('a pod or a deployment')),
    ),
    database: opt(value('the connection URL')),
    engine: opt(z.enum(ENGINES).check(z.describe('fixes the engine'))),
    reserve: opt(value('the URL of a role with reserved slots')),
  })
  .check(z.describe('the target of this name: local, ssh, docker, kubernetes or database'));

const environment = z
  .strictObject({
    description: opt(text('a description')),
    inputs: opt(
      z
        .record(identifier, value('the value of the input of this name'))
        .check(z.describe('the values of inputs in this environment, by name')),
    ),
    targets: opt(
      z.record(identifier, target).check(z.describe('the targets of this environment, by name')),
    ),
  })
  .check(z.describe('the values of a run with --env NAME'));

/** A config file: environments by name, the policy of a worker, and folders of runbooks. */
export const CONFIG_SCHEMA = z.strictObject({
  environments: opt(
    z
      .record(identifier, environment)
      .check(z.describe('the environments, by the name passed to --env')),
  ),
  worker: opt(
    z
      .strictObject({ approval: opt(APPROVAL_SCHEMA) })
      .check(z.describe('what a worker of a team decides itself')),
  ),
  runbooks: opt(
    z
      .array(z.string())
      .check(z.describe('more folders with runbooks; relative to this file, or to ~')),
  ),
});

/** A target of an environment as written. */
export type TargetDocument = z.infer<typeof target>;

/** Returns the JSON Schema (draft 2020-12) that editors use for completion and hover texts. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(CONFIG_SCHEMA) as Record<string, unknown>;
}
