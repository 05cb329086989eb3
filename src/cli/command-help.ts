import { listed } from '#text/count.ts';
import { columnLines } from '#text/table.ts';
import { wrapTo } from '#text/width.ts';
import type { CommandSpec, OptionSpec } from './command-spec.ts';
import type { Command } from './commands.ts';

const COLUMNS = 80;

/** Returns the help of a command: summary, usage, explanation, options. */
export function commandHelp(name: string, command: Command): string {
  const { spec, subcommands = {} } = command;
  const parts = Object.entries(subcommands).map(
    ([part, { spec: own }]) => [`${name} ${part}`, own] as const,
  );
  const usages = [[name, spec] as const, ...parts].map((each) => usageOf(...each));
  return [
    `${spec.summary}.`,
    usages.map((usage, index) => `${index === 0 ? 'Usage:' : '      '} ${usage}`).join('\n'),
    ...(spec.about ?? []).map(paragraph),
    ...optionsOf(spec),
    ...(parts.length === 0 ? [] : [subcommandsOf(parts)]),
    ...(spec.notes ?? []).map(paragraph),
  ].join('\n\n');
}

/** Returns the overview of all commands. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, { spec }]) => [name, spec.summary] as const);
  return [
    'runbook: incident runbooks for the terminal',
    'Usage: runbook COMMAND [ARGUMENTS]',
    table(rows),
    'Without a command, runbook opens the start page.\nDetails of a command: runbook COMMAND --help. Version: runbook --version.',
  ].join('\n\n');
}

function usageOf(name: string, { argument, options }: CommandSpec): string {
  const words = [
    'runbook',
    name,
    ...(Object.keys(options).length > 0 ? ['[OPTIONS]'] : []),
    ...(argument === undefined ? [] : [argumentText(argument)]),
  ];
  return words.join(' ');
}

function argumentText({ name, count }: NonNullable<CommandSpec['argument']>): string {
  return count === 'one' ? name : count === 'optional' ? `[${name}]` : `[${name}...]`;
}

function optionsOf({ options }: CommandSpec): readonly string[] {
  const rows = Object.entries(options).map(
    ([name, option]) => [heading(name, option), description(option)] as const,
  );
  return rows.length === 0 ? [] : [`Options:\n${table(rows)}`];
}

function heading(name: string, { short, value }: OptionSpec): string {
  const before = short === undefined ? '    ' : `-${short}, `;
  return `${before}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function description({ about, values, default: byDefault, repeatable }: OptionSpec): string {
  const details = [
    ...(byDefault === undefined ? [] : [`default: ${byDefault}`]),
    ...(repeatable ? ['repeatable'] : []),
  ];
  const known = values === undefined ? '' : `: ${listed(values)}`;
  return `${about}${known}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
}

function subcommandsOf(parts: readonly (readonly [string, CommandSpec])[]): string {
  const texts = parts.map(([name, spec]) => {
    const about = (spec.about ?? []).map(paragraph).join('\n\n');
    return [
      `runbook ${name}: ${spec.summary}.`,
      ...(about === '' ? [] : [about]),
      ...(Object.keys(spec.options).length === 0 ? [] : optionsOf(spec)),
    ].join('\n');
  });
  return texts.join('\n\n');
}

/** Returns rows of two columns; the second is wrapped with a hanging indent. */
function table(rows: readonly (readonly [string, string])[]): string {
  const lines = columnLines(rows, COLUMNS - 2);
  return lines.map((line) => `  ${line}`).join('\n');
}

function paragraph(text: string): string {
  return text.includes('\n') ? text : wrapTo(text, COLUMNS).join('\n');
}
