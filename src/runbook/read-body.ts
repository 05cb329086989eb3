import type { Names, PartReader, Path } from './part-reader.ts';
import { type Place, shellPlaces, sqlPlaces } from './placement.ts';
import type { StepSurroundings } from './read-step.ts';
import { readTarget } from './read-target.ts';
import type { Body, Engine, SqlTexts } from './runbook.ts';
import type { StepDocument } from './schema.ts';
import { refuseSecrets } from './secrets.ts';
import type { Template } from './template.ts';

/** A script's variables belong to the whole step: its verification has them as well. */
export type ActionSurroundings = StepSurroundings & { readonly env: readonly string[] };

/**
 * Reads what stands under `sql` or `shell` at `path` of a step: the step itself, its preview or its
 * verification. `on` is the target that the step names.
 */
export function readBody(
  document: { readonly sql?: unknown; readonly shell?: unknown },
  path: Path,
  on: string | undefined,
  names: Names,
  reader: PartReader,
  surroundings: ActionSurroundings,
): Body | undefined {
  const kind = 'sql' in document ? 'sql' : 'shell';
  const { targets } = surroundings;
  const target = readTarget(kind, path, on, targets, reader);
  if (target === undefined) return undefined;
  if (document.sql !== undefined) {
    const texts = readSqlTexts(document.sql, path, names, reader);
    const at = targets.find(({ name }) => name === target);
    checkEngine(texts, at?.kind === 'database' ? at.engine : undefined, path, reader);
    return { kind: 'sql', target, texts };
  }
  const script = reader.template([...path, 'shell'], names);
  if (script === undefined) return undefined;
  checkPlaces(script, shellPlaces, reader);
  const step = document as Partial<StepDocument['shell']>;
  const env: Record<string, Template> = {};
  for (const name of surroundings.env) {
    const value = reader.template(['env', name], names);
    if (value !== undefined) env[name] = value;
  }
  const cwd = reader.template([...path, 'cwd'], names);
  for (const shown of [script, cwd])
    if (shown !== undefined) refuseSecrets(shown, surroundings.secrets, 'secret-in-argv', reader);
  return {
    kind: 'shell',
    target,
    script,
    env,
    cwd,
    stdin: reader.template([...path, 'stdin'], names),
    okExit: step.ok_exit ?? [0],
    parse: 'text',
    interactive: false,
  };
}

function readSqlTexts(sql: unknown, path: Path, names: Names, reader: PartReader): SqlTexts {
  const engines: readonly Engine[] = ['postgres', 'mysql', 'mariadb'];
  const texts: Partial<Record<'any' | Engine, Template>> = {};
  const single = typeof sql === 'string';
  for (const engine of single ? (['any'] as const) : engines) {
    const template = reader.template([...path, 'sql', ...(single ? [] : [engine])], names);
    if (template === undefined) continue;
    checkPlaces(template, sqlPlaces, reader);
    texts[engine] = template;
  }
  return texts;
}

/** Where the engine is fixed, a statement it cannot be given is missed now and not at night. */
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

function checkPlaces(
  template: Template,
  places: (text: string, offsets: readonly number[]) => readonly Place[],
  reader: PartReader,
): void {
  const found = places(
    template.text,
    template.placeholders.map(({ at }) => at),
  );
  for (const [index, placeholder] of template.placeholders.entries()) {
    if (found[index] === 'code') continue;
    const start = template.offsets(placeholder.at);
    reader.report(
      'placeholder-in-quotes',
      { start, end: start + placeholder.length },
      'a placeholder has to stand alone as one word or value',
      'leave the quotes out; in a script, pass it through env: and write "$NAME"',
    );
  }
}
