import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentError, usageError } from '#errors.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { editorSchema } from '#runbook/schema/editor.ts';
import type { Scaffold } from './scaffold.ts';

const SCHEMAS = {
  'runbook.schema.json': editorSchema,
  'runbook-test.schema.json': casesJsonSchema,
} as const;

/**
 * Writes a runbook and its tests into a folder, and the schemas in their first lines unless they
 * exist; returns the files. Throws a usage error, and writes nothing, if one of the two exists and
 * may not be overwritten.
 */
export function writeRunbook(
  dir: string,
  name: string,
  { runbook, cases }: Scaffold,
  isForced: boolean,
): readonly string[] {
  const folder = resolve(dir);
  const texts = {
    [`${name}.yaml`]: `${schemaLine('runbook.schema.json')}${runbook}`,
    [`${name}.test.yaml`]: `${schemaLine('runbook-test.schema.json')}${cases}`,
  };
  const there = Object.keys(texts).filter((file) => existsSync(join(folder, file)));
  if (there.length > 0 && !isForced)
    throw usageError(
      `${there.map((file) => join(dir, file)).join(' and ')} already ${there.length === 1 ? 'exists' : 'exist'}`,
      'choose another name, or overwrite with --force',
    );
  const schemas = Object.entries(SCHEMAS)
    .filter(([file]) => !existsSync(join(folder, file)))
    .map(([file, schema]) => [file, `${JSON.stringify(schema(), null, 2)}\n`] as const);
  try {
    mkdirSync(folder, { recursive: true });
    return [...Object.entries(texts), ...schemas].map(([file, text]) => {
      writeFileSync(join(folder, file), text);
      return join(folder, file);
    });
  } catch (error) {
    throw environmentError(`${dir} is not writable`, undefined, error);
  }
}

function schemaLine(file: string): string {
  return `# yaml-language-server: $schema=./${file}\n`;
}
