import type { RunbookError } from '#errors.ts';
import { usageError } from '#errors.ts';
import type { TargetFacts } from '#machine/context.ts';
import { renderText, type Template } from '#runbook/expression/template.ts';
import {
  CONSOLE_DATABASE,
  catalogOf,
  engineName,
  isConsole,
  protocolOf,
} from '#runbook/model/engines.ts';
import { bodyTarget, type Runbook, type TargetDefinition } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';
import type { PlaceDefinition } from '#runbook/model/target-definition.ts';
import type { Value } from '#runbook/model/value.ts';
import { describePlace, type Place, renderPlace, THIS_MACHINE } from '#safety/actions/place.ts';
import { parseSshDestination } from '#safety/actions/ssh-destination.ts';
import { describeDatabase, parseDatabaseUrl } from '#steps/database/url.ts';
import type { ResolvedTarget } from '#steps/open-executors.ts';

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
    case 'database':
      return databaseTarget(definition, inputs);
    default:
      return placeTarget(definition, inputs);
  }
}

/** The facts of a target whose address has none of them. */
const UNSAID = { engine: null, host: null, port: null, database: null, user: null } as const;

function localTarget({ name }: { readonly name: string }): Target {
  const facts = { ...UNSAID, name, host: 'localhost', description: THIS_MACHINE };
  return { resolved: { kind: 'local', name }, facts };
}

function placeTarget(definition: PlaceDefinition, inputs: Inputs): Target {
  const { name } = definition;
  const rendered = renderPlace(definition, { inputs });
  if (!rendered.ok)
    throw usageError(`the target "${name}" has no usable address: ${rendered.reason}`);
  const place = rendered.value;
  return { resolved: { ...place, name }, facts: { ...UNSAID, ...factsOfPlace(name, place) } };
}

function factsOfPlace(name: string, place: Place) {
  const said = place.kind === 'ssh' ? parseSshDestination(place.destination) : undefined;
  return { ...said, name, description: describePlace(place) };
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
  if (protocolOf(engine) !== protocolOf(parsed.engine))
    throw usageError(
      `the target "${name}" is for ${engineName(engine)}, but its URL is for ${engineName(parsed.engine)}`,
      `use a URL for ${engineName(engine)}`,
    );
  const reserve = reserveUrl === undefined ? {} : { reserveUrl };
  const named = catalogOf(engine) === catalogOf(parsed.engine) ? {} : { engine };
  const resolved = { kind: 'database' as const, name, url, ...named, ...reserve };
  if (!isConsole(engine)) return { resolved, facts: { ...parsed, name, engine } };
  const facts = { ...parsed, name, engine, database: CONSOLE_DATABASE };
  return { resolved, facts: { ...facts, description: describeDatabase(facts) } };
}

function noAddress(target: string): RunbookError {
  return usageError(`the target "${target}" has no address`);
}

function textOf(template: Template, inputs: Inputs): string | undefined {
  const rendered = renderText(template, { inputs });
  return rendered.ok && rendered.value !== '' ? rendered.value : undefined;
}
