import * as z from 'zod/mini';
import { checkPlaces, sqlPlaces } from '../expression/placement.ts';
import type { Template } from '../expression/template.ts';
import {
  ENGINE_FACTS,
  ENGINES,
  type Engine,
  engineName,
  isConsole,
  statementFor,
  textsReachable,
} from '../model/engines.ts';
import { engineOfTarget, type TargetDefinition } from '../model/target-definition.ts';
import type { Effect } from '../model/terms.ts';
import { ANY, BOOLEAN, listOf, NUMBER, TEXT } from '../model/value-type.ts';
import type { BodyPlace } from '../read/body-place.ts';
import { readBodyTarget } from '../read/body-target.ts';
import type { PartReader, Path } from '../read/part-reader.ts';
import { opt, text } from '../schema/parts.ts';
import type { KindDeclaration, Written } from './declaration.ts';

/** A statement for every engine (`any`), or one per engine. */
export type SqlTexts = Readonly<Partial<Record<'any' | Engine, Template>>>;

/** A statement with its placeholders. */
export type SqlBody = {
  readonly kind: 'sql';
  readonly texts: SqlTexts;
  /**
   * The effect of the text for each engine, once judged. Without one, the text must not run as a
   * read.
   */
  readonly effects: Readonly<Partial<Record<Engine, Effect>>>;
  readonly target: string;
};

function textFor(engine: Engine) {
  const what = isConsole(engine) ? 'command' : 'statement';
  const sharing = ENGINES.filter((one) => ENGINE_FACTS[one].sharesSqlOf === engine);
  const others = sharing.map((one) => `, and for ${engineName(one)} without one of its own`);
  return text(`the ${what} for ${engineName(engine)}${others.join('')}`);
}

/** The schema of a statement, or of one per engine. */
const sqlText = z
  .union([
    z.string(),
    z.strictObject(Object.fromEntries(ENGINES.map((engine) => [engine, opt(textFor(engine))]))),
  ])
  .check(
    z.describe('one SQL statement, or one per engine; ${{ }} values are bound, never spliced'),
  );

/** A statement on a database, or a command of a console. */
export const sql: KindDeclaration<SqlBody> = {
  called: 'this statement',
  several: 'SQL',
  heading: 'Statement',
  language: 'sql',
  timeout: '10s',
  canChange: true,
  runsOn: 'database',
  schema: sqlText,
  read: readSql,
  templates: ({ texts }) => Object.values(texts),
  fields: () => ({
    rows: listOf(ANY),
    row: ANY,
    row_count: NUMBER,
    columns: listOf(TEXT),
    truncated: BOOLEAN,
  }),
  lists: () => 'rows',
};

function readSql({ sql: written }: Written, place: BodyPlace): SqlBody | undefined {
  const { path, on, names, reader, around } = place;
  if (typeof on === 'object' && path.length === 0) {
    reader.report('wrong-target', on.span, ONLY_SCRIPTS, NAME_IT);
    return undefined;
  }
  const target = readBodyTarget('sql', place);
  if (target === undefined) return undefined;
  const texts: Partial<Record<'any' | Engine, Template>> = {};
  const single = typeof written === 'string';
  for (const one of single ? (['any'] as const) : ENGINES) {
    const template = reader.template([...path, 'sql', ...(single ? [] : [one])], names);
    if (template === undefined) continue;
    checkPlaces(template, sqlPlaces, reader);
    texts[one] = template;
  }
  const at = around.targets.find(({ name }) => name === target);
  if (!isForEngine(texts, at, path, reader)) return undefined;
  return { kind: 'sql', target, texts, effects: {} };
}

const ONLY_SCRIPTS = 'only a script can have an address of its own';

const NAME_IT =
  'define the database under targets: and name it; for a database per item, repeat a runbook';

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
