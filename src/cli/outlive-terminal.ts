import { isatty } from 'node:tty';
import { EXIT, environmentError } from '#errors.ts';
import { complain } from './complain.ts';

/**
 * Keeps a closed terminal, or a reader that is gone, from ending the process in the middle of its
 * work. Any other write error turns a success into an environment error.
 */
export function outliveTerminal(): void {
  for (const stream of streams()) stream.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!READER_GONE.has(error.code)) process.once('exit', () => complainOfLoss(error));
  });
}

/**
 * Calls the listener once the streams report that the terminal is gone: a signal may or may not
 * follow. Returns a function that removes the listener.
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

/**
 * Lets no later signal replace the exit code: the loss of a terminal is often reported more than once.
 * The listeners of signals have to stay. Without this, Node gives a signal its usual effect back
 * while it takes itself apart, some milliseconds before the end.
 */
export function endDespiteSignals(): void {
  process.once('beforeExit', () => process.exit());
}

/** A reader that has finished, and a terminal that was closed, need no more output. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

function complainOfLoss(error: Error): void {
  if (process.exitCode !== EXIT.ok) return;
  process.exitCode = complain(
    environmentError(`cannot write the output: ${error.message}`, undefined, error),
  );
}

function streams() {
  const { stdin, stdout, stderr } = process;
  // Piped input is opened by its reader.
  return isatty(0) ? [stdin, stdout, stderr] : [stdout, stderr];
}
