import { COMMANDS } from '../../commands.ts';
import { type Candidate, candidatesFor } from './candidates.ts';
import { COMMAND_WORDS, type Expected, SHORT_OPTIONS } from './words.ts';

/**
 * Returns what the last of the words after `runbook` can become; it may be empty. The names of files are
 * left to the shell: then there is one candidate, `:files` or `:folders`.
 */
export async function complete(words: readonly string[]): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? '';
  const [name, ...before] = words.slice(0, -1);
  if (name === undefined || !isCommand(name)) return name === undefined ? commands(typed) : [];
  const { arguments: operand, options } = COMMAND_WORDS[name];
  // It runs the runbook of its own name.
  const line = readLine(name === 'triage' ? [name, ...before] : before, options);
  if (line.pending !== undefined) return await found(line.pending, typed, line);
  const [option, value] = splitOption(typed);
  if (value !== undefined) {
    const inside = await found(options[option] ?? 'nothing', value, line);
    return inside.map((each) => ({ ...each, value: `${option}=${each.value}` }));
  }
  if (typed.startsWith('-')) return optionsOf(name, typed);
  const isFull = line.operands.length > 0 && name !== 'validate' && name !== 'test';
  return isFull ? [] : await found(operand, typed, line);
}

/** What stands on the line before the word that is typed. */
export type TypedLine = {
  readonly operands: readonly string[];
  readonly dirs: readonly string[];
  /** What the option right before takes. */
  readonly pending: Expected | undefined;
};

function readLine(
  words: readonly string[],
  options: Readonly<Record<string, Expected>>,
): TypedLine {
  const operands: string[] = [];
  const dirs: string[] = [];
  let open: string | undefined;
  for (const word of words) {
    if (open === undefined && !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const [option, value] = open === undefined ? splitOption(word) : [open, word];
    if (option === '--dir' && value !== undefined) dirs.push(value);
    open = value === undefined && takesValue(options[option]) ? option : undefined;
  }
  return { operands, dirs, pending: open === undefined ? undefined : options[open] };
}

function takesValue(expected: Expected | undefined): boolean {
  return expected !== undefined && expected !== 'nothing';
}

function splitOption(word: string): readonly [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0
    ? [SHORT_OPTIONS[word] ?? word, undefined]
    : [word.slice(0, at), word.slice(at + 1)];
}

async function found(
  expected: Expected,
  typed: string,
  line: TypedLine,
): Promise<readonly Candidate[]> {
  const candidates = await candidatesFor(expected, typed, line);
  return candidates.filter(({ value }) => value.startsWith(':') || value.startsWith(typed));
}

function optionsOf(name: keyof typeof COMMAND_WORDS, typed: string): readonly Candidate[] {
  return [...Object.keys(COMMAND_WORDS[name].options), '--help']
    .filter((option) => option.startsWith(typed))
    .map((value) => ({ value }));
}

function commands(typed: string): readonly Candidate[] {
  const all = Object.entries(COMMANDS).map(([value, { summary: about }]) => ({ value, about }));
  const options = ['--help', '--version'].map((value) => ({ value }));
  return [...all, ...(typed.startsWith('-') ? options : [])].filter(({ value }) =>
    value.startsWith(typed),
  );
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}
