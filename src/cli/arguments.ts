import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { usageError } from '../errors.ts';
import { didYouMean } from '../runbook/suggest.ts';

/** Parses a command's arguments; throws a usage error that says what is wrong and what would be right. */
export function readArguments<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    const unknown = /'--?([\w-]+)/.exec(message)?.[1];
    const known = Object.keys(options);
    const hint =
      unknown === undefined || known.includes(unknown) ? undefined : didYouMean(unknown, known);
    throw usageError(
      message.replace(/^./, (letter) => letter.toLowerCase()),
      hint,
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

/** Returns the only positional argument, or throws a usage error that names what is missing. */
export function onlyArgument(positionals: readonly string[], what: string): string {
  const [first, second] = positionals;
  if (first === undefined) throw usageError(`say which ${what}`);
  if (second !== undefined) throw usageError(`one ${what} at a time, not "${second}" as well`);
  return first;
}
