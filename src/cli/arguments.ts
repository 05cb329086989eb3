import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { usageError } from '#errors.ts';
import { didYouMean } from '#text/suggest.ts';

/** Parses a command's arguments; throws a usage error that says what is wrong and what would be right. */
export function readArguments<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
) {
  const parsed = parseStrictly(args, options);
  const once = Object.entries(options).filter(
    ([, { type, multiple }]) => type === 'string' && !multiple,
  );
  for (const [name] of once) {
    const given = parsed.tokens.filter((token) => token.kind === 'option' && token.name === name);
    if (given.length > 1)
      throw usageError(`--${name} is given ${given.length} times`, `give one --${name}`);
  }
  return parsed;
}

function parseStrictly<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    const unknown = /^Unknown option '(--?[\w-]+)/.exec(message)?.[1];
    const known = Object.keys(options).map((name) => `--${name}`);
    throw usageError(
      message.replace(/^./, (letter) => letter.toLowerCase()),
      unknown === undefined ? undefined : didYouMean(unknown, known),
    );
  }
}

/** Returns the texts of `--input name=value`, given any number of times. */
export function readInputs(
  inputs: readonly string[] | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (inputs ?? []).map((input) => {
      const at = input.indexOf('=');
      if (at < 1) throw usageError(`--input "${input}" is not name=value`);
      return [input.slice(0, at), input.slice(at + 1)] as const;
    }),
  );
}

/** What there is of the arguments that can be left out by mistake. */
const THERE: Readonly<Record<string, string>> = {
  runbook: 'runbook list shows those there are',
  shell: 'there is bash, zsh, fish',
};

/** Returns the only positional argument, or throws a usage error that names what is missing. */
export function onlyArgument(positionals: readonly string[], what: string): string {
  const [first, second] = positionals;
  if (first === undefined) throw usageError(`say which ${what}`, THERE[what]);
  if (second !== undefined) throw usageError(`one ${what} at a time, not "${second}" as well`);
  return first;
}
