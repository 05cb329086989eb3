import { join, relative } from 'node:path';
import { EXIT, usageError } from '#errors.ts';
import { ENGINES } from '#runbook/model/engines.ts';
import { DEFAULT_SEVERITY } from '#runbook/model/terms.ts';
import type { CommandLine } from '../../command-spec.ts';
import type { create as spec } from '../../specs/runbooks.ts';
import { askWanted, type Given } from './ask-wanted.ts';
import { scaffold, type Wanted } from './scaffold.ts';
import { writeRunbook } from './write-runbook.ts';

/** `runbook new`: writes a new runbook and its tests. */
export async function create({ argument, options }: CommandLine<typeof spec>): Promise<number> {
  const { dir, force, ...wanted } = options;
  const name = nameOf(argument);
  const given = { ...wanted, name };
  const isAttended = process.stdin.isTTY === true && process.stdout.isTTY;
  const answered = isAttended ? { ...given, ...(await askWanted(given)) } : given;
  const written = writeRunbook(dir, name, scaffold(wantedOf(answered)), force);
  for (const file of written) process.stdout.write(`wrote ${relative('.', file)}\n`);
  process.stdout.write(`\n${nextCommands(dir, name)}\n`);
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
    engine: ENGINES.find((each) => each === engine) ?? ENGINES[0],
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
