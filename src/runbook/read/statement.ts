import { checkPlaces } from '../expression/check-places.ts';
import type { Names } from '../expression/known-names.ts';
import { sqlPlaces } from '../expression/placement.ts';
import type { Template } from '../expression/template.ts';
import { ENGINES, type Engine } from '../model/engines.ts';
import type { SqlTexts } from '../model/runbook.ts';
import type { PartReader, Path } from './part-reader.ts';

/** Reads the statement under `sql` at `path`, or one per engine; `engine` is that of the target. */
export function readStatement(
  sql: unknown,
  path: Path,
  engine: Engine | undefined,
  names: Names,
  reader: PartReader,
): SqlTexts {
  const texts: Partial<Record<'any' | Engine, Template>> = {};
  const single = typeof sql === 'string';
  for (const one of single ? (['any'] as const) : ENGINES) {
    const template = reader.template([...path, 'sql', ...(single ? [] : [one])], names);
    if (template === undefined) continue;
    checkPlaces(template, sqlPlaces, reader);
    texts[one] = template;
  }
  checkEngine(texts, engine, path, reader);
  return texts;
}

/** Reports a missing statement for the engine of the target, so that it is found before a run. */
function checkEngine(
  texts: SqlTexts,
  engine: Engine | undefined,
  path: Path,
  reader: PartReader,
): void {
  const isThere =
    texts.any !== undefined ||
    (engine === undefined ? Object.keys(texts).length > 0 : texts[engine] !== undefined) ||
    (engine === 'mariadb' && texts.mysql !== undefined);
  if (!isThere)
    reader.report(
      'missing-engine',
      reader.span([...path, 'sql']),
      `there is no statement for ${engine ?? 'any engine'}`,
      `add ${engine ?? 'postgres'}: …, or write one statement for all`,
    );
}
