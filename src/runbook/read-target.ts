import type { PartReader, Path } from './part-reader.ts';
import type { TargetDefinition } from './runbook.ts';
import { didYouMean } from './suggest.ts';

const NONE = { sql: 'define one under targets:', shell: 'leave on: out to run it here' } as const;

/**
 * Returns the target that the statement or script at `path` of a step runs on: the step's own (`on`)
 * if it is of the right kind, else the only one there is. Reports when there is none.
 */
export function readTarget(
  kind: 'sql' | 'shell',
  path: Path,
  on: string | undefined,
  targets: readonly TargetDefinition[],
  reader: PartReader,
): string | undefined {
  const wanted = kind === 'sql' ? 'database' : 'local';
  const fitting = targets.filter((target) => target.kind === wanted).map(({ name }) => name);
  if (on === undefined) return onlyTarget(kind, path, fitting, reader);
  const target = targets.find(({ name }) => name === on);
  if (target?.kind === wanted) return on;
  // A step on a database can be verified by a script, and one on this machine by a statement.
  if (target !== undefined && path.length > 0) return onlyTarget(kind, path, fitting, reader);
  const names = targets.map(({ name }) => name);
  if (target === undefined)
    reader.report(
      'unknown-target',
      reader.span(['on']),
      `there is no target "${on}"`,
      didYouMean(on, names) ?? 'define it under targets:',
    );
  else
    reader.report(
      'wrong-target',
      reader.span(['on']),
      `"${on}" is not a ${wanted} target`,
      fitting.length === 0 ? NONE[kind] : `it could be ${fitting.join(' or ')}`,
    );
  return undefined;
}

function onlyTarget(
  kind: 'sql' | 'shell',
  path: Path,
  fitting: readonly string[],
  reader: PartReader,
): string | undefined {
  if (kind === 'shell') return fitting[0] ?? 'local';
  if (fitting.length === 1) return fitting[0];
  const add =
    path.length === 0 ? `add on: ${fitting.join(' or on: ')}` : 'make it a step of its own';
  reader.report(
    'unknown-target',
    reader.span([...path, kind]),
    'this statement has no target',
    fitting.length === 0 ? NONE.sql : add,
  );
  return undefined;
}
