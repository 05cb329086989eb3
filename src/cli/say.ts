import { asciiText } from '#text/glyphs.ts';
import { wrapProse } from '#text/prose.ts';
import { terminalSize } from './terminal-size.ts';

/** Prints a text on standard output, wrapped at the width of a terminal. */
export function say(text: string): void {
  process.stdout.write(`${wrapped(text, process.stdout)}\n`);
}

/** Prints a text on standard error, wrapped at the width of a terminal. */
export function warn(text: string): void {
  process.stderr.write(`${wrapped(text, process.stderr)}\n`);
}

/** Returns the columns of the terminal; unlimited for a pipe or a file. */
export function columnsOf(stream: NodeJS.WriteStream = process.stdout): number {
  return terminalSize(stream)?.columns ?? Number.POSITIVE_INFINITY;
}

function wrapped(text: string, stream: NodeJS.WriteStream): string {
  const columns = columnsOf(stream);
  return Number.isFinite(columns) ? wrapProse(text, columns) : text;
}

/** Makes all that is printed to a terminal ASCII, with signs of the same width. */
export function drawInAscii(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.isTTY) continue;
    const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
    stream.write = (chunk: unknown, ...rest: readonly unknown[]): boolean =>
      write(typeof chunk === 'string' ? asciiText(chunk) : chunk, ...rest);
  }
}
