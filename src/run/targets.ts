import { usageError } from '../errors.ts';
import type { TargetFacts } from '../machine/machine-context.ts';
import { bodyTarget, type Runbook, type TargetDefinition } from '../runbook/runbook.ts';
import { renderText, type Template } from '../runbook/template.ts';
import type { Value } from '../runbook/value.ts';
import { parseDatabaseUrl } from '../steps/database-url.ts';
import type { ResolvedTarget } from '../steps/open-executors.ts';

/** A target with its address, and what may be said about it. */
export type Target = { readonly resolved: ResolvedTarget; readonly facts: TargetFacts };

/** The target of scripts in a runbook that names none. */
const HERE = 'local';

/** Resolves the targets of a runbook from its inputs; throws a usage error for a URL that is none. */
export function resolveTargets(
  runbook: Runbook,
  inputs: Readonly<Record<string, Value>>,
): readonly Target[] {
  const defined = runbook.targets.map((definition) => resolveTarget(definition, inputs));
  return runsHere(runbook) ? [...defined, localTarget(HERE)] : defined;
}

/** A script needs no target of its own to run on this machine. */
function runsHere(runbook: Runbook): boolean {
  if (runbook.targets.some(({ name }) => name === HERE)) return false;
  const bodies = runbook.steps.flatMap(({ does }) =>
    'body' in does ? [does.body, does.preview?.body, does.verify?.body] : [],
  );
  return bodies.some((body) => body !== undefined && bodyTarget(body) === HERE);
}

/** Returns what expressions may know of targets, by name. */
export function targetFacts(targets: readonly Target[]): Readonly<Record<string, TargetFacts>> {
  return Object.fromEntries(targets.map(({ facts }) => [facts.name, facts]));
}

function localTarget(name: string): Target {
  const facts = { name, engine: null, host: 'localhost', port: null, database: null, user: null };
  return { resolved: { kind: 'local', name }, facts: { ...facts, description: 'this machine' } };
}

function resolveTarget(
  definition: TargetDefinition,
  inputs: Readonly<Record<string, Value>>,
): Target {
  const { name } = definition;
  if (definition.kind !== 'database') return localTarget(name);
  const url = urlOf(definition.database, inputs);
  if (url === undefined) throw usageError(`the target "${name}" has no address`);
  const reserveUrl = definition.reserve && urlOf(definition.reserve, inputs);
  const parsed = parseDatabaseUrl(url);
  if (parsed === undefined)
    throw usageError(
      `the address of the target "${name}" is not a database URL`,
      'write postgres://user:password@host:5432/database',
    );
  const { host, port, database, user } = parsed;
  const engine = definition.engine ?? parsed.engine;
  return {
    resolved: { kind: 'database', name, url, ...(reserveUrl === undefined ? {} : { reserveUrl }) },
    facts: { name, engine, host, port, database, user, description: parsed.description },
  };
}

function urlOf(template: Template, inputs: Readonly<Record<string, Value>>): string | undefined {
  const isMissing = template.placeholders.some(({ expression }) => {
    const evaluation = expression.evaluate({ inputs });
    return !evaluation.ok || evaluation.value === null;
  });
  if (isMissing) return undefined;
  const rendered = renderText(template, { inputs });
  return rendered.ok && rendered.value !== '' ? rendered.value : undefined;
}
