import { complete } from './complete.ts';

/**
 * Prints what the last word can become, one candidate a line, after a tab what it means. Prints nothing
 * when anything goes wrong: whoever types must not be disturbed.
 */
export async function answerCompletion(args: readonly string[]): Promise<void> {
  try {
    const words = args[0] === '--' ? args.slice(1) : args;
    const lines = (await complete(words)).map(({ value, about }) =>
      about === undefined ? value : `${value}\t${about}`,
    );
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  } catch {
    // Nothing is a good answer as well.
  }
}
