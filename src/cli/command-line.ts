import { parseArgs } from 'node:util';
import { usageError } from '#errors.ts';
import { listed } from '#text/count.ts';
import { closest } from '#text/suggest.ts';
import type { ArgumentSpec, CommandLine, CommandSpec, OptionSpec } from './command-spec.ts';

/** Parses the arguments of a command; throws a usage error with the problem and a hint. */
export function parseCommandLine<S extends CommandSpec>(
  spec: S,
  args: readonly string[],
): CommandLine<S> {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(spec.options).map(toParseArgs)),
    allowPositionals: true,
    // The tokens are checked below: Node's messages contain neither the value nor similar names.
    strict: false,
    tokens: true,
  });
  const given = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(spec.options, token.name) ? spec.options[token.name] : undefined;
    if (option === undefined) throw unknownOption(token.rawName, spec);
    checkValue(token, option);
    if (given.has(token.name) && option.value !== undefined && !option.repeatable)
      throw usageError(`--${token.name} is given more than once`, `give one --${token.name}`);
    given.add(token.name);
  }
  const options = Object.entries(spec.options).map(([name, option]) => [
    name,
    optionValue(name, option, values[name]),
  ]);
  // The types of the values follow from the spec from which the parser above is built.
  return {
    argument: argumentOf(spec, positionals),
    options: Object.fromEntries(options),
  } as CommandLine<S>;
}

function toParseArgs([name, { value, short, repeatable }]: [string, OptionSpec]) {
  const type = value === undefined ? ('boolean' as const) : ('string' as const);
  return [name, { type, multiple: repeatable === true, ...(short && { short }) }] as const;
}

function unknownOption(typed: string, { options }: CommandSpec): Error {
  const near = closest(
    typed,
    Object.keys(options).map((name) => `--${name}`),
  );
  return usageError(
    `unknown option: ${typed}`,
    near === undefined ? undefined : `did you mean "${near}"?`,
  );
}

type OptionToken = {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
};

function checkValue({ name, value, inlineValue }: OptionToken, option: OptionSpec): void {
  if (option.value === undefined) {
    if (value !== undefined) throw usageError(`--${name} takes no value`);
    return;
  }
  // The next option is not a value; a value that starts with a dash is written --option=-value.
  if (value === undefined || (inlineValue !== true && /^-./.test(value)))
    throw usageError(`--${name} requires a value: ${option.value}`);
}

function optionValue(name: string, option: OptionSpec, given: unknown): unknown {
  if (option.value === undefined) return given === true;
  if (option.repeatable) {
    const all = Array.isArray(given) ? given : [];
    for (const one of all) checkKnown(name, String(one), option.values);
    return all;
  }
  const text = typeof given === 'string' ? given : option.default;
  if (text === undefined) return undefined;
  if (!option.list) return checkKnown(name, text, option.values);
  return text.split(',').map((word) => checkKnown(name, word.trim(), option.values));
}

function argumentOf({ argument, instead }: CommandSpec, positionals: readonly string[]): unknown {
  const [first, second] = positionals;
  const extra = argument === undefined ? first : argument.count === 'many' ? undefined : second;
  if (extra !== undefined) throw usageError(`unexpected argument: "${extra}"`, instead);
  if (argument === undefined) return undefined;
  if (argument.count === 'many') return positionals;
  if (first === undefined && argument.count === 'one') throw missingArgument(argument);
  return first === undefined ? undefined : checkKnown(argument.name, first, argument.values);
}

/** Returns the usage error for a missing required argument. */
export function missingArgument(argument: Pick<ArgumentSpec, 'name' | 'try' | 'values'>): Error {
  const hint =
    argument.try === undefined
      ? argument.values && `expected ${listed(argument.values)}`
      : `try: ${argument.try}`;
  return usageError(`missing argument: ${argument.name}`, hint);
}

/** Returns a value if it is known; throws a usage error that lists the known ones. */
function checkKnown(what: string, value: string, known: readonly string[] | undefined): string {
  if (known === undefined || known.includes(value)) return value;
  const near = closest(value, known);
  throw usageError(
    `unknown ${what.toLowerCase()} "${value}": expected ${listed(known)}`,
    near === undefined ? undefined : `did you mean "${near}"?`,
  );
}

/** Returns the texts of `--input NAME=VALUE` by name; throws a usage error for a name that is there twice. */
export function readInputs(inputs: readonly string[]): Readonly<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const input of inputs) {
    const at = input.indexOf('=');
    if (at < 1) throw usageError(`--input "${input}": expected NAME=VALUE`);
    const name = input.slice(0, at);
    if (texts.has(name))
      throw usageError(`--input ${name} is given twice`, `a list is one text: --input ${name}=a,b`);
    texts.set(name, input.slice(at + 1));
  }
  return Object.fromEntries(texts);
}
