import { complete } from './complete.ts';

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
