import type { ArgumentSpec, OptionSpec } from '../../command-spec.ts';
import { COMMANDS, type Command, findCommand } from '../../commands.ts';
import { type Candidate, candidatesFor } from './candidates.ts';

/**
 * Returns candidates for the last of the words after `runbook`, which may be empty. File names are
 * left to the shell: the only candidate is then `:files` or `:folders`.
 */
export async function complete(words: readonly string[]): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.length === 0) return commands(typed);
  const found = findCommand(before);
  if (found === undefined) return [];
  const { name, command, rest } = found;
  const { options, argument } = command.spec;
  // The runbook of triage has the same name.
  const line = readLine(name === 'triage' ? [name, ...rest] : rest, options);
  if (line.pending !== undefined) return await matching(line.pending, typed, line);
  const [option, value] = splitOption(typed, options);
  if (value !== undefined) {
    const inside = await matching(optionOf(option, options), value, line);
    return inside.map((each) => ({ ...each, value: `${option}=${each.value}` }));
  }
  if (typed.startsWith('-')) return optionNames(command, typed);
  const isFull = line.operands.length > 0 && argument?.count !== 'many';
  const parts = rest.length === 0 ? namesOf(command.subcommands ?? {}, typed) : [];
  return isFull ? [] : [...parts, ...(await matching(argument, typed, line))];
}

/** The parsed words before the one being completed. */
export type TypedLine = {
  readonly operands: readonly string[];
  readonly dirs: readonly string[];
  /** The option whose value is being completed. */
  readonly pending: OptionSpec | undefined;
};

type Options = Readonly<Record<string, OptionSpec>>;

function readLine(words: readonly string[], options: Options): TypedLine {
  const operands: string[] = [];
  const dirs: string[] = [];
  let open: string | undefined;
  for (const word of words) {
    if (open === undefined && !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const [option, value] = open === undefined ? splitOption(word, options) : [open, word];
    if (option === '--dir' && value !== undefined) dirs.push(value);
    const takesValue = optionOf(option, options)?.value !== undefined;
    open = value === undefined && takesValue ? option : undefined;
  }
  return { operands, dirs, pending: open === undefined ? undefined : optionOf(open, options) };
}

function optionOf(option: string, options: Options): OptionSpec | undefined {
  return options[option.replace(/^--/, '')];
}

function splitOption(word: string, options: Options): readonly [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  if (at >= 0) return [word.slice(0, at), word.slice(at + 1)];
  const long = Object.entries(options).find(([, { short }]) => word === `-${short}`)?.[0];
  return [long === undefined ? word : `--${long}`, undefined];
}

async function matching(
  place: OptionSpec | ArgumentSpec | undefined,
  typed: string,
  line: TypedLine,
): Promise<readonly Candidate[]> {
  const candidates =
    place?.values?.map((value) => ({ value })) ??
    (place?.candidates === undefined ? [] : await candidatesFor(place.candidates, typed, line));
  return candidates.filter(({ value }) => value.startsWith(':') || value.startsWith(typed));
}

function optionNames({ spec }: Command, typed: string): readonly Candidate[] {
  return [...Object.keys(spec.options), 'help']
    .map((name) => ({ value: `--${name}` }))
    .filter(({ value }) => value.startsWith(typed));
}

function namesOf(commands: Readonly<Record<string, Command>>, typed: string): readonly Candidate[] {
  return Object.entries(commands)
    .map(([value, { spec }]) => ({ value, about: spec.summary }))
    .filter(({ value }) => value.startsWith(typed));
}

function commands(typed: string): readonly Candidate[] {
  const all = namesOf(COMMANDS, typed);
  const options = ['--help', '--version'].map((value) => ({ value }));
  return [...all, ...options.filter(({ value }) => typed !== '' && value.startsWith(typed))];
}

/**
 * Prints the completions of the last word, one per line, each with its description after a tab.
 * Prints nothing on errors, which must not disturb the shell.
 */
export async function answerCompletion(args: readonly string[]): Promise<void> {
  try {
    const words = args[0] === '--' ? args.slice(1) : args;
    const lines = (await complete(words)).map(({ value, about }) =>
      about === undefined ? value : `${value}\t${about}`,
    );
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  } catch {
    // No candidates is a valid answer.
  }
}
