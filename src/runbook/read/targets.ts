import { didYouMean } from '#text/suggest.ts';
import type { Names } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import { databaseSchemes, engineOfUrl } from '../model/engines.ts';
import type { TargetDefinition } from '../model/runbook.ts';
import { refuseSecrets, type SecretNames } from '../model/secrets.ts';
import type { PlaceDefinition } from '../model/target-definition.ts';
import type { On } from '../schema/action.ts';
import type { Head } from '../schema/runbook.ts';
import type { Span } from '../yaml/source.ts';
import type { PartReader, Path } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

type TargetDocument = NonNullable<Head['targets']>[string];

/** Reads the targets of a runbook; their addresses may use its inputs. */
export function readTargets(
  head: Head,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): readonly TargetDefinition[] {
  const scope: Names = names.inputs === undefined ? {} : { inputs: names.inputs };
  return Object.entries(head.targets ?? {}).flatMap(([name, target]) => {
    const template = (...keys: Path) => reader.template(['targets', name, ...keys], scope);
    /** The value becomes part of a command line. */
    const shown = (...keys: Path) => {
      const found = template(...keys);
      if (found !== undefined) refuseSecrets(found, secrets, 'secret-in-argv', reader);
      return found;
    };
    return readTargetDefinition(name, target, reader, template, shown) ?? [];
  });
}

/** Reads the target of a step: a name, or an address of its own, which may use items and results. */
export function readOn(
  step: string,
  on: On | undefined,
  names: Names,
  reader: PartReader,
  { secrets }: StepSurroundings,
): string | PlaceDefinition | undefined {
  if (on === undefined || typeof on === 'string') return on;
  const shown = (...keys: Path) => {
    const found = reader.template(['on', ...keys], names);
    if (found !== undefined) refuseSecrets(found, secrets, 'secret-in-argv', reader);
    return found;
  };
  return readPlace(step, ['on'], on, reader, shown);
}

type ReadTemplate = (...keys: Path) => Template | undefined;

/** Reads the target of the steps that name none; reports if there is none of this name. */
export function readCommonTarget(
  { on }: Head,
  names: readonly string[],
  reader: PartReader,
): string | undefined {
  if (on !== undefined && !names.includes(on))
    reader.report(
      'unknown-target',
      reader.span(['on']),
      `there is no target "${on}"`,
      didYouMean(on, names) ?? 'define it under targets:',
    );
  return on;
}

function readTargetDefinition(
  name: string,
  target: TargetDocument,
  reader: PartReader,
  template: ReadTemplate,
  shown: ReadTemplate,
): TargetDefinition | undefined {
  const span = reader.span(['targets', name]);
  if ('local' in target) return { kind: 'local', name, span };
  if (!('database' in target)) return readPlace(name, ['targets', name], target, reader, shown);
  const database = template('database');
  const reserve = template('reserve');
  const { engine, login = 'application' } = target;
  if (database !== undefined) refuseOtherUrls(database, reader);
  return database && { kind: 'database', name, span, engine, database, reserve, login };
}

/** Reports an address that begins with no scheme of a database; a placeholder may hold one. */
function refuseOtherUrls({ text, span }: Template, reader: PartReader): void {
  if (text.startsWith('${{') || engineOfUrl(text) !== undefined) return;
  const [, scheme = ''] = /^([^\s:/]+):\/\//.exec(text) ?? [];
  const schemes = databaseSchemes();
  const hint =
    scheme === ''
      ? 'write postgres://USER@HOST/DATABASE, mysql://… or mariadb://…, or "${{ inputs.NAME }}"'
      : didYouMean(scheme, schemes);
  reader.report('wrong-value', span, 'this is not the URL of a database', hint);
}

function readPlace(
  name: string,
  at: Path,
  target: Exclude<On, string>,
  reader: PartReader,
  shown: ReadTemplate,
): PlaceDefinition | undefined {
  const named = { name, span: reader.span(at) };
  if ('ssh' in target) {
    const ssh = shown('ssh');
    return ssh && { kind: 'ssh', ...named, ssh };
  }
  if ('docker' in target) {
    const container = shown('docker');
    return container && { kind: 'docker', ...named, container };
  }
  const kind = workloadKind(reader.span([...at, 'kubernetes']), target.kubernetes, reader);
  const workload = kind && shown('kubernetes', kind);
  if (kind === undefined || workload === undefined) return undefined;
  return {
    kind: 'kubernetes',
    ...named,
    context: shown('kubernetes', 'context'),
    namespace: shown('kubernetes', 'namespace'),
    workload: { kind, name: workload },
    container: shown('kubernetes', 'container'),
  };
}

function workloadKind(
  span: Span,
  { pod, deployment }: Extract<TargetDocument, { kubernetes: unknown }>['kubernetes'],
  reader: PartReader,
): 'pod' | 'deployment' | undefined {
  if ((pod === undefined) !== (deployment === undefined))
    return pod === undefined ? 'deployment' : 'pod';
  if (pod === undefined)
    reader.report(
      'missing-key',
      span,
      'there is neither a pod nor a deployment',
      'add pod: … or deployment: …',
    );
  else
    reader.report(
      'keys-conflict',
      span,
      'a target is a pod or a deployment, not both',
      'keep one of them',
    );
  return undefined;
}
