import { environmentError } from '#errors.ts';
import type { Template } from '#runbook/expression/template.ts';
import { enginesReachable, protocolOf } from '#runbook/model/engines.ts';
import type { Engine, TargetDefinition } from '#runbook/model/runbook.ts';
import { engineOfTarget } from '#runbook/model/target-definition.ts';
import { parseDatabaseUrl } from '#steps/database/url.ts';
import type { ConfiguredTarget, ConfiguredValue } from '../config/value.ts';

type Database = Extract<TargetDefinition, { kind: 'database' }>;

/** The texts of a target's values, by their value in the config file. */
export type Texts = ReadonlyMap<ConfiguredValue, string>;

/**
 * Returns a runbook's target as defined in an environment; an address missing in `texts` stays the
 * runbook's own. Throws an environment error if a target of this kind cannot replace it: statements
 * need a database of the right engine.
 */
export function overrideTarget(
  definition: TargetDefinition,
  configured: ConfiguredTarget,
  texts: Texts,
): TargetDefinition {
  const { name, span } = definition;
  const text = (value: ConfiguredValue) => constant(texts.get(value) ?? '', span);
  if ((definition.kind === 'database') !== (configured.kind === 'database'))
    throw misfit(configured, definition.kind, configured.kind);
  switch (configured.kind) {
    case 'local':
      return { kind: 'local', name, span };
    case 'ssh':
      return { kind: 'ssh', name, span, ssh: text(configured.name) };
    case 'docker':
      return { kind: 'docker', name, span, container: text(configured.name) };
    case 'kubernetes': {
      const { context, namespace, pod, deployment, container } = configured.parts;
      const part = (value: ConfiguredValue | undefined) => value && text(value);
      const workload =
        pod === undefined
          ? ({ kind: 'deployment', name: part(deployment) ?? constant('', span) } as const)
          : ({ kind: 'pod', name: text(pod) } as const);
      const optional = { context: part(context), namespace: part(namespace) };
      return { kind: 'kubernetes', name, span, ...optional, workload, container: part(container) };
    }
    case 'database':
      return overrideDatabase(definition as Database, configured, texts);
  }
}

function overrideDatabase(
  definition: Database,
  configured: Extract<ConfiguredTarget, { kind: 'database' }>,
  texts: Texts,
): TargetDefinition {
  const { database, reserve, engine } = configured;
  const required = engineOfTarget(definition);
  if (
    engine !== undefined &&
    required !== undefined &&
    !enginesReachable(required).includes(engine)
  )
    throw misfit(configured, required, engine);
  const address = (value: ConfiguredValue | undefined) => {
    const url = value && texts.get(value);
    return url === undefined ? undefined : constant(url, definition.span);
  };
  return {
    ...definition,
    engine: definition.engine ?? engine,
    database: address(database) ?? definition.database,
    reserve: address(reserve) ?? definition.reserve,
  };
}

/** Throws an environment error if a database URL is invalid, or of another engine than required. */
export function checkDatabaseUrl(
  url: string,
  engine: Engine | undefined,
  configured: Pick<ConfiguredTarget, 'key' | 'file'>,
): void {
  const address = parseDatabaseUrl(url);
  if (address === undefined)
    throw environmentError(
      `the address in ${configured.key} is not a database URL`,
      `${configured.file.source.file}: postgres://user:password@host:5432/database`,
    );
  if (engine !== undefined && protocolOf(engine) !== protocolOf(address.engine))
    throw misfit(configured, engine, address.engine);
}

function misfit(
  { key, file }: Pick<ConfiguredTarget, 'key' | 'file'>,
  wanted: string,
  given: string,
) {
  return environmentError(
    `${key} is ${given}, but the runbook requires ${wanted}`,
    `it is set in ${file.source.file}`,
  );
}

/** The text is literal: placeholders in it are not interpreted. */
function constant(text: string, span: TargetDefinition['span']): Template {
  return { text, span, placeholders: [], origin: [] };
}

/** Returns the input that a template consists of, or undefined for any other template. */
export function inputOf(template: Template | undefined): string | undefined {
  const [only, ...others] = template?.placeholders ?? [];
  if (template === undefined || only === undefined || others.length > 0) return undefined;
  if (template.text.slice(0, only.at) + template.text.slice(only.at + only.length) !== '')
    return undefined;
  return /^inputs\.(\w[\w-]*)$/.exec(only.expression.text)?.[1];
}
