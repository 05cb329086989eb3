import type { Names } from '../expression/known-names.ts';
import type { Body } from '../model/runbook.ts';
import type { PartReader, Path } from './part-reader.ts';
import { type ProbeDocument, readProbe } from './probe.ts';
import { readScript, type ScriptDocument } from './script.ts';
import { readStatement } from './statement.ts';
import type { StepSurroundings } from './step-surroundings.ts';
import { readTarget } from './target.ts';

/** The variables of a script belong to the whole step, its verification included. */
export type ActionSurroundings = StepSurroundings & { readonly env: readonly string[] };

/** The keys of a body: one of these, and the script options of a step. */
export type BodyDocument = ScriptDocument & {
  readonly sql?: unknown;
  readonly probe?: ProbeDocument | undefined;
};

/** Returns the kinds of body written at a place. */
export function bodyKinds(document: BodyDocument): readonly Body['kind'][] {
  return (['sql', 'shell', 'probe'] as const).filter((kind) => document[kind] !== undefined);
}

/**
 * Reads the body under `sql`, `shell` or `probe` at `path` of a step: of the step itself, its
 * preview, its verification or its undo. `on` is the target that the step names.
 */
export function readBody(
  document: BodyDocument,
  path: Path,
  on: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Body | undefined {
  if (document.probe !== undefined)
    return readProbe(document.probe, [...path, 'probe'], names, reader, surroundings.secrets);
  const kind = document.sql === undefined ? 'shell' : 'sql';
  const { targets } = surroundings;
  const target = readTarget(kind, path, on, targets, reader);
  if (target === undefined) return undefined;
  if (kind === 'shell') return readScript(document, path, target, names, reader, surroundings);
  const at = targets.find(({ name }) => name === target);
  const engine = at?.kind === 'database' ? at.engine : undefined;
  return { kind, target, texts: readStatement(document.sql, path, engine, names, reader) };
}

/** Reads a body that is one of several kinds, each with its own key; reports none or several. */
export function readOneBody(
  what: string,
  document: BodyDocument,
  path: Path,
  on: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
  kinds: readonly Body['kind'][] = ['sql', 'shell', 'probe'],
): Body | undefined {
  if (bodyKinds(document).length === 1)
    return readBody(document, path, on, names, reader, surroundings);
  reader.report(
    'step-kind',
    reader.span(path),
    `${what} is one of ${kinds.join(', ')}`,
    `give it exactly one of ${kinds.join(', ')}`,
  );
  return undefined;
}
