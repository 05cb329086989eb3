import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { EXIT, environmentError, usageError } from '#errors.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { SERVER_ENGINES } from '#runbook/model/engines.ts';
import { DEFAULT_SEVERITY } from '#runbook/model/terms.ts';
import { editorSchema } from '#runbook/schema/editor.ts';
import { agreeing, counted } from '#text/count.ts';
import type { CommandLine } from '../../command-spec.ts';
import { namedFile, readText } from '../../library/read-text.ts';
import type { create as spec } from '../../specs/runbooks.ts';
import { askWanted, type Given } from './ask-wanted.ts';
import { type Scaffold, scaffold, type Wanted } from './scaffold.ts';

/** `runbook new`: writes a new runbook and its tests. */
export async function create({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const { dir, force, from, ...wanted } = options;
  const name = nameOf(argument);
  if (from !== undefined) return await createFromPage(from, name, options);
  const given = { ...wanted, name };
  const isAttended = process.stdin.isTTY === true && process.stdout.isTTY;
  const answered = isAttended ? { ...given, ...(await askWanted(given)) } : given;
  const written = writeRunbook(dir, name, scaffold(wantedOf(answered)), force);
  for (const file of written) process.stdout.write(`wrote ${relative('.', file)}\n`);
  process.stdout.write(`\n${nextCommands(dir, name)}\n`);
  return EXIT.ok;
}

/** The warnings of the draft list the decisions that are its author's. */
async function createFromPage(
  page: string,
  name: string,
  { dir, force, title, severity, template, engine, target }: CommandLine<typeof spec>['options'],
): Promise<number> {
  const other = Object.entries({ template, engine, target }).find(([, it]) => it !== undefined);
  if (other !== undefined)
    throw usageError(`--${other[0]} does not apply to a runbook from a page`);
  const { fromPage } = await import('./from-page.ts');
  const draft = await fromPage(readText(namedFile(page)), name, { title, severity });
  const written = writeRunbook(dir, name, draft, force);
  for (const file of written) process.stdout.write(`wrote ${relative('.', file)}\n`);
  const left = counted(draft.warnings.length, 'thing');
  process.stdout.write(
    draft.warnings.length === 0
      ? `\n${nextCommands(dir, name)}\n`
      : `\n${left} to decide: runbook validate says which.\n${nextCommands(dir, name)}\n`,
  );
  return EXIT.ok;
}

function wantedOf({ name, title, severity, template, engine, target }: Given): Wanted {
  const isScript = engine === 'none' || (engine === undefined && target !== undefined);
  const chosen = template ?? (isScript ? 'shell' : 'diagnose-and-fix');
  if (chosen === 'diagnose-and-fix' && engine === 'none')
    throw usageError(
      'the template diagnose-and-fix requires a database engine',
      'choose --template shell, --template checklist, or another --engine',
    );
  if (chosen !== 'diagnose-and-fix' && engine !== undefined && engine !== 'none')
    throw usageError(`--engine applies to the template diagnose-and-fix, not to ${chosen}`);
  if (chosen !== 'shell' && target !== undefined)
    throw usageError(`--target applies to the template shell, not to ${chosen}`);
  return {
    name,
    title: title ?? titleFrom(name),
    severity: severity ?? DEFAULT_SEVERITY,
    template: chosen,
    engine: SERVER_ENGINES.find((each) => each === engine) ?? SERVER_ENGINES[0],
    target: target ?? 'local',
  };
}

function nameOf(name: string): string {
  if (/^[a-z][a-z0-9_-]*$/.test(name)) return name;
  throw usageError(
    `invalid name "${name}"`,
    'use lower-case letters, digits, _ and -, starting with a letter, e.g. stuck-orders',
  );
}

function titleFrom(name: string): string {
  return name
    .replaceAll(/[-_]+/g, ' ')
    .trim()
    .replace(/^./, (letter) => letter.toUpperCase());
}

function nextCommands(dir: string, name: string): string {
  const file = join(dir, `${name}.yaml`);
  const path = file.includes('/') ? file : `./${file}`;
  return [
    'Next:',
    `  ${process.env.EDITOR || 'vi'} ${path}`,
    `  runbook validate ${path}`,
    `  runbook test ${path}`,
    `  runbook graph ${path}`,
    `  runbook run ${path}`,
  ].join('\n');
}

const SCHEMAS = {
  'runbook.schema.json': editorSchema,
  'runbook-test.schema.json': casesJsonSchema,
} as const;

/**
 * Writes a runbook and its tests into a folder, and the schemas in their first lines unless they
 * exist; returns the files. Throws a usage error, and writes nothing, if one of the two exists and
 * may not be overwritten.
 */
function writeRunbook(
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
      `${there.map((file) => join(dir, file)).join(' and ')} already ${agreeing(there.length, 'exists', 'exist')}`,
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
