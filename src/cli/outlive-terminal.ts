import { isatty } from 'node:tty';
import { EXIT, environmentError } from '#errors.ts';
import { complain } from './complain.ts';

/**
 * Keeps a terminal that was closed, or a reader that went away, from ending the program in the middle of
 * what it does. What could not be printed for another reason makes a success an environment error.
 */
export function outliveTerminal(): void {
  for (const stream of streams()) stream.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code)) process.once('exit', () => complainOfLoss(error));
  });
}

/**
 * Calls the listener when the terminal has gone, by what its streams say: a signal may come as well, or may
 * not. Returns what ends the listening.
 */
export function onTerminalGone(listener: () => void): () => void {
  const { stdin } = process;
  for (const stream of streams()) stream.on('error', listener);
  stdin.on('end', listener);
  return () => {
    for (const stream of streams()) stream.off('error', listener);
    stdin.off('end', listener);
  };
}

/** A reader that has seen enough, and a terminal that was closed, miss nothing they want. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

function complainOfLoss(error: Error): void {
  if (process.exitCode !== EXIT.ok) return;
  process.exitCode = complain(
    environmentError(`cannot write the output: ${error.message}`, undefined, error),
  );
}

function streams() {
  const { stdin, stdout, stderr } = process;
  // What is piped into the program is opened by whoever reads it.
  return isatty(0) ? [stdin, stdout, stderr] : [stdout, stderr];
}
