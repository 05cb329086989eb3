import { ansiLine } from '../draw/ansi.ts';
import type { Line } from '../draw/line.ts';
import { bound } from './input-fence.ts';

const ENTER_ALTERNATE = '\u001b[?1049h';
const LEAVE_ALTERNATE = '\u001b[?1049l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** Ink may have begun to mark what is pasted. */
const PLAIN_PASTE = '\u001b[?2004l';
const HOME = '\u001b[H';
const ERASE = '\u001b[2J';
/** Start of a synchronized update, which starts each frame of Ink. */
const FRAME_STARTS = '\u001b[?2026h';

/** Signals that end the program and that only Ink listens to. */
const ENDING = ['SIGQUIT', 'SIGUSR2', 'SIGABRT', 'SIGALRM'] as const;

/** A frame to show while Ink is loaded. */
export type FirstFrame = {
  /** In raw mode already. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly lines: readonly Line[];
  readonly coloured: boolean;
  /** Called when the terminal is restored. */
  readonly onRestore?: () => void;
};

/**
 * Shows a frame on the alternate screen and then loads what draws the next one: loading Ink takes
 * longer than drawing. The caller listens to the usual signals. Resolves with what was
 * loaded, and the output for Ink, whose first frame replaces this one. The terminal is restored if loading fails or the process exits meanwhile.
 */
export async function showWhileLoading<T>(
  { stdin, stdout, lines, coloured, onRestore }: FirstFrame,
  load: () => Promise<T>,
): Promise<{ readonly loaded: T; readonly stdout: NodeJS.WriteStream }> {
  const restore = (): void => {
    stdin.setRawMode?.(false);
    stdout.write(PLAIN_PASTE + SHOW_CURSOR + LEAVE_ALTERNATE);
    onRestore?.();
  };
  const end = (signal: NodeJS.Signals): void => {
    restore();
    process.off(signal, end);
    process.kill(process.pid, signal);
  };
  process.once('exit', restore);
  for (const signal of ENDING) process.on(signal, end);
  try {
    const text = lines.map((line) => ansiLine(line, coloured)).join('\r\n');
    stdout.write(ENTER_ALTERNATE + HIDE_CURSOR + HOME + text + HOME);
    const loaded = await load();
    // A signal that came while modules were evaluated is delivered in the next turn.
    for (const _ of [1, 2]) await new Promise((resolve) => setImmediate(resolve));
    return { loaded, stdout: afterFirst(stdout) };
  } catch (error) {
    restore();
    throw error;
  } finally {
    process.off('exit', restore);
    for (const signal of ENDING) process.off(signal, end);
  }
}

/** The alternate screen is entered once, and erased only together with the frame that follows. */
function afterFirst(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  let isEntered = true;
  let isDrawn = true;
  const write = (chunk: string | Uint8Array, ...more: readonly unknown[]): boolean => {
    if (isEntered && chunk === ENTER_ALTERNATE) {
      isEntered = false;
      return true;
    }
    const isNext = isDrawn && chunk === FRAME_STARTS;
    if (isNext) isDrawn = false;
    return Reflect.apply(stdout.write, stdout, [isNext ? chunk + ERASE + HOME : chunk, ...more]);
  };
  return bound(stdout, { write });
}
