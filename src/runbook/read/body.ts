import { didYouMean } from '#text/suggest.ts';
import type { Names } from '../expression/known-names.ts';
import { checkPlaces, sqlPlaces } from '../expression/placement.ts';
import type { Template } from '../expression/template.ts';
import { ENGINES, type Engine, statementFor, textsReachable } from '../model/engines.ts';
import type { Body, SqlTexts, TargetDefinition } from '../model/runbook.ts';
import { engineOfTarget, type PlaceDefinition } from '../model/target-definition.ts';
import { ACTION_KINDS } from '../model/terms.ts';
import type { HttpDocument } from '../schema/http.ts';
import { readHttp } from './http.ts';
import type { PartReader, Path } from './part-reader.ts';
import { type ProbeDocument, readProbe } from './probe.ts';
import { readScript, type ScriptDocument } from './script.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** The variables of a script and the target of its step belong to the whole step, its verification included. */
export type ActionSurroundings = StepSurroundings & {
  readonly env: readonly string[];
  /** The name of the step's target, or an address of its own. */
  readonly at: string | PlaceDefinition | undefined;
};

/** The keys of a body: one of these, and the script options of a step. */
export type BodyDocument = ScriptDocument & {
  readonly sql?: unknown;
  readonly http?: HttpDocument | undefined;
  readonly probe?: ProbeDocument | undefined;
  readonly again?: string | undefined;
  readonly from?: string | undefined;
};

/** Returns the kinds of body written at a place. */
export function bodyKinds(document: BodyDocument): readonly Body['kind'][] {
  return ACTION_KINDS.filter((kind) => document[kind] !== undefined);
}

/**
 * Reads the body under `sql`, `shell`, `http` or `probe` at `path` of a step: of the step itself, its
 * preview, its verification or its undo. `own` is the target that this part itself names.
 */
export function readBody(
  document: BodyDocument,
  path: Path,
  own: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Body | undefined {
  const { probe, http } = document;
  const on = own ?? surroundings.at;
  const [kind = 'shell'] = bodyKinds(document);
  switch (kind) {
    case 'probe':
      return probe && readProbe(probe, [...path, kind], names, reader, surroundings.secrets);
    case 'http':
      return http && readHttp(http, [...path, kind], names, reader, surroundings.secrets);
    case 'shell':
      return readShell(document, path, on, names, reader, surroundings);
    case 'sql':
      return readSql(document, path, on, names, reader, surroundings);
  }
}

function readShell(
  document: BodyDocument,
  path: Path,
  on: ActionSurroundings['at'],
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Body | undefined {
  const place = typeof on === 'object' ? on : undefined;
  const named = typeof on === 'object' ? undefined : on;
  const target = place?.name ?? readTarget('shell', path, named, surroundings, reader);
  if (target === undefined) return undefined;
  const body = readScript(document, path, target, names, reader, surroundings);
  return body && place ? { ...body, place } : body;
}

function readSql(
  { sql }: BodyDocument,
  path: Path,
  on: ActionSurroundings['at'],
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Body | undefined {
  if (typeof on === 'object' && path.length === 0) {
    reader.report('wrong-target', on.span, ONLY_SCRIPTS, NAME_IT);
    return undefined;
  }
  const named = typeof on === 'object' ? undefined : on;
  const target = readTarget('sql', path, named, surroundings, reader);
  if (target === undefined) return undefined;
  const at = surroundings.targets.find(({ name }) => name === target);
  const texts = readStatement(sql, path, at, names, reader);
  return texts && { kind: 'sql', target, texts, effects: {} };
}

const ONLY_SCRIPTS = 'only a script can have an address of its own';

const NAME_IT =
  'define the database under targets: and name it; for a database per item, repeat a runbook';

/** Reads a body that is one of several kinds, each with its own key; reports none or several. */
export function readOneBody(
  what: string,
  document: BodyDocument,
  path: Path,
  own: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
  kinds: readonly Body['kind'][] = ACTION_KINDS,
): Body | undefined {
  if (bodyKinds(document).length === 1)
    return readBody(document, path, own, names, reader, surroundings);
  // A step that is named and cannot be repeated is already reported.
  if (document.again !== undefined || document.from !== undefined) return undefined;
  reader.report(
    'step-kind',
    reader.span(path),
    `${what} is one of ${kinds.join(', ')}`,
    `give it exactly one of ${kinds.join(', ')}`,
  );
  return undefined;
}

/** Reads the statement under `sql` at `path`, or one per engine, for a target. */
function readStatement(
  sql: unknown,
  path: Path,
  at: TargetDefinition | undefined,
  names: Names,
  reader: PartReader,
): SqlTexts | undefined {
  const texts: Partial<Record<'any' | Engine, Template>> = {};
  const single = typeof sql === 'string';
  for (const one of single ? (['any'] as const) : ENGINES) {
    const template = reader.template([...path, 'sql', ...(single ? [] : [one])], names);
    if (template === undefined) continue;
    checkPlaces(template, sqlPlaces, reader);
    texts[one] = template;
  }
  return isForEngine(texts, at, path, reader) ? texts : undefined;
}

/**
 * Returns whether there is a statement for the engine of the target. Reports a missing one, so that it is
 * found before a run.
 */
function isForEngine(
  texts: SqlTexts,
  at: TargetDefinition | undefined,
  path: Path,
  reader: PartReader,
): boolean {
  const engine = engineOfTarget(at);
  const declared = at?.kind === 'database' ? at.engine : undefined;
  const isMissing = declared !== undefined && statementFor(texts, declared) === undefined;
  if (!isMissing && textsReachable(texts, engine).length > 0) return true;
  reader.report(
    'missing-engine',
    reader.span([...path, 'sql']),
    `there is no statement for ${engine ?? 'any engine'}`,
    `add ${engine ?? 'postgres'}: …, or write one statement for all`,
  );
  return false;
}

const NONE = { sql: 'define one under targets:', shell: 'leave on: out to run it here' } as const;

/**
 * Returns the target of the statement or script at `path` of a step: the one it names (`on`), or the
 * runbook, if its kind fits, else the only one there is. Reports if there is none.
 */
function readTarget(
  kind: 'sql' | 'shell',
  path: Path,
  on: string | undefined,
  around: StepSurroundings,
  reader: PartReader,
): string | undefined {
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
  { targets, on }: StepSurroundings,
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
