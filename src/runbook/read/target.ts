import { didYouMean } from '#text/suggest.ts';
import type { TargetDefinition } from '../model/runbook.ts';
import type { PartReader, Path } from './part-reader.ts';

const NONE = { sql: 'define one under targets:', shell: 'leave on: out to run it here' } as const;

/**
 * Returns the target of the statement or script at `path` of a step: the one it names (`on`) if its
 * kind fits, else the only one there is. Reports if there is none.
 */
export function readTarget(
  kind: 'sql' | 'shell',
  path: Path,
  on: string | undefined,
  targets: readonly TargetDefinition[],
  reader: PartReader,
): string | undefined {
  const isFitting = (target: TargetDefinition) => (target.kind === 'database') === (kind === 'sql');
  if (on === undefined) return onlyTarget(kind, path, targets, reader);
  const target = targets.find(({ name }) => name === on);
  if (target !== undefined && isFitting(target)) return on;
  // A step on a database can be verified by a script, and one on a machine by a statement.
  const isOwn = path.length === 0 || reader.has([...path, 'on']);
  if (target !== undefined && !isOwn) return onlyTarget(kind, path, targets, reader);
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

/** A script that names no target runs on this machine, even if other machines are defined. */
function onlyTarget(
  kind: 'sql' | 'shell',
  path: Path,
  targets: readonly TargetDefinition[],
  reader: PartReader,
): string | undefined {
  if (kind === 'shell') return targets.find((target) => target.kind === 'local')?.name ?? 'local';
  const databases = targets.filter((target) => target.kind === 'database').map(({ name }) => name);
  if (databases.length === 1) return databases[0];
  const add =
    path.length === 0 ? `add on: ${databases.join(' or on: ')}` : 'make it a step of its own';
  reader.report(
    'unknown-target',
    reader.span([...path, kind]),
    'this statement has no target',
    databases.length === 0 ? NONE.sql : add,
  );
  return undefined;
}
