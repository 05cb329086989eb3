import { join, relative } from 'node:path';
import { EXIT, usageError } from '#errors.ts';
import { ENGINES } from '#runbook/model/engines.ts';
import { DEFAULT_SEVERITY, SEVERITIES } from '#runbook/model/terms.ts';
import { didYouMean } from '#text/suggest.ts';
import { onlyArgument, readArguments } from '../../arguments.ts';
import type { Command } from '../../commands.ts';
import { askWanted } from './ask-wanted.ts';
import { PLACES, scaffold, TEMPLATES, type TemplateName, type Wanted } from './scaffold.ts';
import { writeRunbook } from './write-runbook.ts';

const help = `Usage: runbook new NAME [--title TEXT] [--severity LEVEL] [--template TEMPLATE]
                   [--engine ENGINE] [--target PLACE] [--dir FOLDER] [--force]

Writes a runbook to begin with, and its tests beside it. It is valid as it is and its tests pass: change
it step by step and keep them so. In a terminal it asks for what is not given. The JSON Schemas for
editors are written beside it when they are not there.

Templates: diagnose-and-fix looks at a database, changes something behind a gate and checks that it
helped; shell does so with scripts; checklist has instructions and questions.

      --title TEXT          what the operator calls the incident
      --severity LEVEL      low, medium, high or critical
      --template TEMPLATE   diagnose-and-fix, shell or checklist
      --engine ENGINE       postgres, mysql, mariadb, or none: scripts instead
      --target PLACE        where scripts run: local, ssh, docker or kubernetes
      --dir FOLDER          where it is written; ./runbooks
      --force               overwrite what is there`;

/** `runbook new`. */
export const newCommand: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    title: { type: 'string' },
    severity: { type: 'string' },
    template: { type: 'string' },
    engine: { type: 'string' },
    target: { type: 'string' },
    dir: { type: 'string', default: 'runbooks' },
    force: { type: 'boolean', default: false },
  });
  const name = nameOf(onlyArgument(positionals, 'name'));
  oneOf('severity', values.severity, SEVERITIES);
  oneOf('template', values.template, Object.keys(TEMPLATES));
  oneOf('engine', values.engine, [...ENGINES, 'none']);
  oneOf('target', values.target, PLACES);
  const given = { ...values, name };
  const isAttended = process.stdin.isTTY === true && process.stdout.isTTY;
  const answered = isAttended ? { ...given, ...(await askWanted(given)) } : given;
  const written = writeRunbook(values.dir, name, scaffold(wantedOf(answered)), values.force);
  for (const file of written) process.stdout.write(`wrote ${relative('.', file)}\n`);
  process.stdout.write(`\n${nextCommands(values.dir, name)}\n`);
  return EXIT.ok;
}

/** What was said of a new runbook, on the command line or in answers. */
type Said = {
  readonly name: string;
  readonly title?: string | undefined;
  readonly severity?: string | undefined;
  readonly template?: string | undefined;
  readonly engine?: string | undefined;
  readonly target?: string | undefined;
};

function wantedOf({ name, title, severity, template, engine, target }: Said): Wanted {
  const isScript = engine === 'none' || (engine === undefined && target !== undefined);
  const chosen = (template ?? (isScript ? 'shell' : 'diagnose-and-fix')) as TemplateName;
  if (chosen === 'diagnose-and-fix' && engine === 'none')
    throw usageError(
      'diagnose-and-fix looks at a database, and there is none',
      'take --template shell or --template checklist, or name the engine',
    );
  if (chosen !== 'diagnose-and-fix' && engine !== undefined && engine !== 'none')
    throw usageError(`--engine belongs to the template diagnose-and-fix, not to ${chosen}`);
  if (chosen !== 'shell' && target !== undefined)
    throw usageError(`--target belongs to the template shell, not to ${chosen}`);
  return {
    name,
    title: title ?? titleFrom(name),
    severity: severity ?? DEFAULT_SEVERITY,
    template: chosen,
    engine: ENGINES.find((each) => each === engine) ?? ENGINES[0],
    place: (target ?? 'local') as Wanted['place'],
  };
}

function nameOf(name: string): string {
  if (/^[a-z][a-z0-9_-]*$/.test(name)) return name;
  throw usageError(
    `"${name}" is not the name of a runbook`,
    'lower-case letters, digits, _ and -, beginning with a letter: stuck-orders',
  );
}

function titleFrom(name: string): string {
  return name
    .replaceAll(/[-_]+/g, ' ')
    .trim()
    .replace(/^./, (letter) => letter.toUpperCase());
}

function oneOf(what: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value))
    throw usageError(`there is no ${what} "${value}"`, didYouMean(value, known));
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
