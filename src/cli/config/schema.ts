import * as z from 'zod/mini';
import { ENGINES } from '#runbook/model/engines.ts';
import { APPROVAL_SCHEMA } from './approval.ts';

const opt = z.optional;
const text = (description: string) => z.string().check(z.describe(description));
const identifier = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]*$/), z.describe('lower-case letters, digits, _ and -'));

const environmentName = z
  .string()
  .check(
    z.regex(/^(?:[a-z]|\{[a-z][a-z0-9_]*\})(?:[a-z0-9_-]|\{[a-z][a-z0-9_]*\})*$/),
    z.describe('lower-case letters, digits, _ and -; and {part}'),
  );

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

/** The parts of an environment that others can have from it. */
const inheritable = {
  description: opt(text('a description')),
  inputs: opt(
    z
      .record(identifier, value('the value of the input of this name'))
      .check(z.describe('the values of inputs in this environment, by name')),
  ),
  targets: opt(
    z.record(identifier, target).check(z.describe('the targets of this environment, by name')),
  ),
};

const inheriting = {
  ...inheritable,
  extends: opt(
    z
      .union([z.string(), z.array(z.string())])
      .check(z.describe('bases or environments whose values it has; the last one wins')),
  ),
};

const environment = z
  .strictObject({
    ...inheriting,
    parts: opt(
      z
        .record(identifier, z.array(identifier).check(z.minLength(1)))
        .check(z.describe('the values of each {part} of its name')),
    ),
  })
  .check(z.describe('the values of a run with --env NAME'));

const gitFolder = z
  .strictObject({
    git: z
      .string()
      .check(
        z.regex(/^(?:https|ssh|file):\/\/\S+$|^[\w.-]+@[\w.-]+:\S+$/),
        z.describe('the repository: https://, ssh://, file:// or user@host:path'),
      ),
    commit: opt(
      z
        .string()
        .check(z.regex(/^[0-9a-f]{40}$/), z.describe('the whole hash of a commit: 40 digits')),
    ),
    tag: opt(z.string().check(z.regex(/^\w[\w./+-]*$/), z.describe('a tag; instead of a commit'))),
    folder: opt(
      z
        .string()
        .check(
          z.regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$)).+$/),
          z.describe('the folder in the repository (default: its root)'),
        ),
    ),
  })
  .check(z.describe('runbooks from git, which runbook fetch fetches'));

/** A config file: environments by name, the policy of a worker, and folders of runbooks. */
export const CONFIG_SCHEMA = z.strictObject({
  defaults: opt(
    z
      .strictObject(inheritable)
      .check(z.describe('the values of every environment without its own')),
  ),
  bases: opt(
    z
      .record(identifier, z.strictObject(inheriting))
      .check(z.describe('values that environments extend, by name; no environments themselves')),
  ),
  environments: opt(
    z
      .record(environmentName, environment)
      .check(z.describe('the environments, by the name passed to --env; {part} stands for values')),
  ),
  worker: opt(
    z
      .strictObject({ approval: opt(APPROVAL_SCHEMA) })
      .check(z.describe('what a worker of a team decides itself')),
  ),
  runbooks: opt(
    z
      .array(z.union([z.string(), gitFolder]))
      .check(z.describe('more folders with runbooks; relative to this file, or to ~; or from git')),
  ),
});

/** A config file as written. */
export type ConfigDocument = z.infer<typeof CONFIG_SCHEMA>;

/** An environment, a base or the defaults as written. */
export type EnvironmentDocument = z.infer<typeof environment>;

/** A target of an environment as written. */
export type TargetDocument = z.infer<typeof target>;

/** Returns the JSON Schema (draft 2020-12) that editors use for completion and hover texts. */
export function configJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(CONFIG_SCHEMA) as Record<string, unknown>;
}
