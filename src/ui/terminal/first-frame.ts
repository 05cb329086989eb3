import { ansiLine } from '../draw/ansi.ts';
import type { Line } from '../draw/line.ts';
import { bound } from './input-fence.ts';

const ENTER_ALTERNATE = '\u001b[?1049h';
const LEAVE_ALTERNATE = '\u001b[?1049l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const HOME = '\u001b[H';
const ERASE = '\u001b[2J';
/** Start of a synchronized update, which starts each frame of Ink. */
const FRAME_STARTS = '\u001b[?2026h';

/** A frame to show while Ink is loaded. */
export type FirstFrame = {
  /** In raw mode already. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly lines: readonly Line[];
  readonly coloured: boolean;
};

/**
 * Shows a frame on the alternate screen and then loads what draws the next one: loading Ink takes
 * longer than drawing. The caller handles signals. Resolves with what was loaded, and the output for Ink, whose first frame
 * replaces this one. The terminal is restored if loading fails or the process exits meanwhile.
 */
export async function showWhileLoading<T>(
  { stdin, stdout, lines, coloured }: FirstFrame,
  load: () => Promise<T>,
): Promise<{ readonly loaded: T; readonly stdout: NodeJS.WriteStream }> {
  const restore = (): void => {
    stdin.setRawMode?.(false);
    stdout.write(SHOW_CURSOR + LEAVE_ALTERNATE);
  };
  process.once('exit', restore);
  try {
    const text = lines.map((line) => ansiLine(line, coloured)).join('\r\n');
    stdout.write(ENTER_ALTERNATE + HIDE_CURSOR + HOME + text + HOME);
    return { loaded: await load(), stdout: afterFirst(stdout) };
  } catch (error) {
    restore();
    throw error;
  } finally {
    process.off('exit', restore);
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
