import { didYouMean } from '#text/suggest.ts';
import type { TargetDefinition } from '../model/target-definition.ts';
import type { BodyPlace, BodySurroundings } from './body-place.ts';
import type { PartReader, Path } from './part-reader.ts';

const NONE = { sql: 'define one under targets:', shell: 'leave on: out to run it here' } as const;

/**
 * Returns the target of the statement or script at `path` of a step: the one it names (`on`), or the
 * runbook, if its kind fits, else the only one there is. Reports if there is none.
 */
export function readBodyTarget(
  kind: 'sql' | 'shell',
  { path, on: named, reader, around }: BodyPlace,
): string | undefined {
  const on = typeof named === 'object' ? undefined : named;
  const { targets } = around;
  const isFitting = (target: TargetDefinition) => (target.kind === 'database') === (kind === 'sql');
  if (on === undefined) return unnamedTarget(kind, path, around, reader);
  const target = targets.find(({ name }) => name === on);
  if (target !== undefined && isFitting(target)) return on;
  // A step on a database can be verified by a script, and one on a machine by a statement.
  const isOwn = path.length === 0 || reader.has([...path, 'on']);
  if (target !== undefined && !isOwn) return unnamedTarget(kind, path, around, reader);
  const span = reader.span(reader.has([...path, 'on']) ? [...path, 'on'] : ['on']);
  const names = targets.map(({ name }) => name);
  const fitting = targets.filter(isFitting).map(({ name }) => name);
  if (target === undefined)
    reader.report(
      'unknown-target',
      span,
      `there is no target "${on}"`,
      didYouMean(on, names) ?? 'define it under targets:',
    );
  else
    reader.report(
      'wrong-target',
      span,
      kind === 'sql' ? `"${on}" is not a database target` : `no script can run on "${on}"`,
      fitting.length === 0 ? NONE[kind] : `it could be ${fitting.join(' or ')}`,
    );
  return undefined;
}

/** Without a target of the runbook, a script runs on this machine, even if others are defined. */
function unnamedTarget(
  kind: 'sql' | 'shell',
  path: Path,
  { targets, on }: BodySurroundings,
  reader: PartReader,
): string | undefined {
  const common = targets.find(({ name }) => name === on);
  if (common !== undefined && (common.kind === 'database') === (kind === 'sql')) return on;
  if (kind === 'shell') return targets.find((target) => target.kind === 'local')?.name ?? 'local';
  const databases = targets.filter((target) => target.kind === 'database').map(({ name }) => name);
  if (databases.length === 1) return databases[0];
  const add =
    path[0] === 'undo' || path[0] === 'wait'
      ? 'make it a step of its own'
      : `add on: ${databases.join(' or on: ')}`;
  reader.report(
    'unknown-target',
    reader.span([...path, kind]),
    'this statement has no target',
    databases.length === 0 ? NONE.sql : add,
  );
  return undefined;
}
