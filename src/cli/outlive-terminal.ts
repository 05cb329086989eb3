import { isatty } from 'node:tty';

/**
 * Keeps a terminal that was closed, or a reader that went away, from ending the program in the middle of
 * what it does. Whoever shows a run listens to {@link onTerminalGone} as well.
 */
export function outliveTerminal(): void {
  for (const stream of streams()) stream.on('error', () => undefined);
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

function streams() {
  const { stdin, stdout, stderr } = process;
  // What is piped into the program is opened by whoever reads it.
  return isatty(0) ? [stdin, stdout, stderr] : [stdout, stderr];
}
