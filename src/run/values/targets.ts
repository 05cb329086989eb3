import type { RunbookError } from '#errors.ts';
import { usageError } from '#errors.ts';
import type { TargetFacts } from '#machine/context.ts';
import { renderText, type Template } from '#runbook/expression/template.ts';
import { CONSOLE_DATABASE, isConsole } from '#runbook/model/engines.ts';
import { bodyTarget, type Runbook, type TargetDefinition } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';
import type { Value } from '#runbook/model/value.ts';
import { describeDatabase, parseDatabaseUrl } from '#steps/database/url.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';
import { describePod } from '#steps/remote/kubernetes.ts';
import { parseSshDestination } from '#steps/remote/ssh-destination.ts';

/** A target with its address, and its public facts. */
export type Target = { readonly resolved: ResolvedTarget; readonly facts: TargetFacts };

type Inputs = Readonly<Record<string, Value>>;

type Definition<Kind extends TargetDefinition['kind']> = Extract<TargetDefinition, { kind: Kind }>;

/** The target of scripts in a runbook that names none. */
const HERE = 'local';

/** Resolves the targets of a runbook from its inputs; throws a usage error for an invalid address. */
export function resolveTargets(runbook: Runbook, inputs: Inputs): readonly Target[] {
  const defined = runbook.targets.map((definition) => resolveTarget(definition, inputs));
  return runsHere(runbook) ? [...defined, localTarget({ name: HERE })] : defined;
}

/** Returns the facts about targets for expressions, by name. */
export function targetFacts(targets: readonly Target[]): Readonly<Record<string, TargetFacts>> {
  return Object.fromEntries(targets.map(({ facts }) => [facts.name, facts]));
}

/** A script needs no target of its own to run on this machine. */
function runsHere({ targets, prerequisites, steps }: Runbook): boolean {
  if (targets.some(({ name }) => name === HERE)) return false;
  const checks = prerequisites.flatMap(({ check }) => (check === undefined ? [] : [check]));
  return [...checks, ...steps].flatMap(bodiesOf).some((body) => bodyTarget(body) === HERE);
}

function resolveTarget(definition: TargetDefinition, inputs: Inputs): Target {
  switch (definition.kind) {
    case 'local':
      return localTarget(definition);
    case 'ssh':
      return sshTarget(definition, inputs);
    case 'docker':
      return dockerTarget(definition, inputs);
    case 'kubernetes':
      return kubernetesTarget(definition, inputs);
    case 'database':
      return databaseTarget(definition, inputs);
  }
}

/** The facts of a target whose address has none of them. */
const UNSAID = { engine: null, host: null, port: null, database: null, user: null } as const;

function localTarget({ name }: { readonly name: string }): Target {
  const facts = { ...UNSAID, name, host: 'localhost', description: 'this machine' };
  return { resolved: { kind: 'local', name }, facts };
}

function sshTarget({ name, ssh }: Definition<'ssh'>, inputs: Inputs): Target {
  const destination = wordOf(name, ssh, inputs);
  const parsed = parseSshDestination(destination);
  if (parsed === undefined)
    throw usageError(
      `the address of the target "${name}" is no place that ssh can reach`,
      'write user@host, ssh://user@host:port, or a Host of your ssh configuration',
    );
  const { host, port, user } = parsed;
  const description = `ssh ${destination}`;
  return {
    resolved: { kind: 'ssh', name, destination },
    facts: { ...UNSAID, name, host, port, user, description },
  };
}

function dockerTarget({ name, container: template }: Definition<'docker'>, inputs: Inputs): Target {
  const container = wordOf(name, template, inputs);
  const facts = { ...UNSAID, name, description: `docker ${container}` };
  return { resolved: { kind: 'docker', name, container }, facts };
}

function kubernetesTarget(definition: Definition<'kubernetes'>, inputs: Inputs): Target {
  const { name, workload } = definition;
  const part = (template: Template | undefined) => template && wordOf(name, template, inputs);
  const pod = {
    context: part(definition.context),
    namespace: part(definition.namespace),
    workload: { kind: workload.kind, name: wordOf(name, workload.name, inputs) },
    container: part(definition.container),
  };
  const facts = { ...UNSAID, name, description: describePod(pod) };
  return { resolved: { kind: 'kubernetes', name, ...pod }, facts };
}

function databaseTarget(definition: Definition<'database'>, inputs: Inputs): Target {
  const { name } = definition;
  const url = textOf(definition.database, inputs);
  if (url === undefined) throw noAddress(name);
  const reserveUrl = definition.reserve && textOf(definition.reserve, inputs);
  const parsed = parseDatabaseUrl(url);
  if (parsed === undefined)
    throw usageError(
      `the address of the target "${name}" is not a database URL`,
      'write postgres://user:password@host:5432/database',
    );
  const engine = definition.engine ?? parsed.engine;
  const reserve = reserveUrl === undefined ? {} : { reserveUrl };
  if (isConsole(engine)) {
    const facts = { ...parsed, name, engine, database: CONSOLE_DATABASE };
    const description = describeDatabase(facts);
    return {
      resolved: { kind: 'database', name, engine, url, ...reserve },
      facts: { ...facts, description },
    };
  }
  return {
    resolved: { kind: 'database', name, url, ...reserve },
    facts: { ...parsed, name, engine },
  };
}

/**
 * Rejects words that a client would parse as options (a leading dash), and shell metacharacters, which
 * ssh passes to a shell if its configuration has a command such as ProxyCommand.
 */
function wordOf(target: string, template: Template, inputs: Inputs): string {
  const word = textOf(template, inputs)?.trim();
  if (word === undefined || word === '') throw noAddress(target);
  if (/^-|[\p{Cc}\s'"`$\\;&|<>(){}*?!]/u.test(word))
    throw usageError(
      `the address of the target "${target}" is refused`,
      'a part of it begins with a dash, or holds a space, a control character or a sign of the shell',
    );
  return word;
}

function noAddress(target: string): RunbookError {
  return usageError(`the target "${target}" has no address`);
}

function textOf(template: Template, inputs: Inputs): string | undefined {
  const rendered = renderText(template, { inputs });
  return rendered.ok && rendered.value !== '' ? rendered.value : undefined;
}
