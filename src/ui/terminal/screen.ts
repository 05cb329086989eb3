import type { RunHandle } from '#events/log/run-handle.ts';
import { isOpening } from '#events/view/opening.ts';
import type { Line } from '../draw/line.ts';
import { press } from '../keys/press.ts';
import { OPENED, type RunDocument, stateFor } from '../keys/screen-state.ts';
import { drawFrame } from '../panes/frame.ts';
import { drawWatched, pressWatched } from '../panes/watched-frame.ts';
import { showWhileLoading } from './first-frame.ts';
import { isBehindAnother, openInputFence } from './input-fence.ts';
import { openRunFeed, type RunFeed } from './run-feed.ts';
import { keepTitle, type TitleKeeper } from './title.ts';

/** The options of a screen. */
export type ScreenOptions = {
  readonly run: RunHandle;
  /** Begins a run that was only created; called once its first frame is shown. */
  readonly begin?: () => void;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colors (`NO_COLOR`); color alone never carries meaning. */
  readonly coloured?: boolean;
  /** Returns milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** True for a run that someone else operates: the screen is read-only. @default false */
  readonly watching?: boolean;
  /** Resolves to the last finished run of the runbook in words, for the opening page. */
  readonly readLastRun?: () => Promise<string | undefined>;
  /** Returns a text about the finished run, as Markdown. */
  readonly readDocument?: (document: RunDocument) => Promise<string>;
  /** Aborted when the terminal is gone: the screen ends, whatever it shows. */
  readonly gone?: AbortSignal;
};

const RUNNING = { draw: drawFrame, press };
const WATCHING = { draw: drawWatched, press: pressWatched };

/** A watcher is not notified. */
const NO_TITLE: TitleKeeper = { keyPressed: () => undefined, close: () => undefined };

/**
 * The reason why a screen ended: the run is over or was left, or a gate does not fit the terminal.
 */
export type ScreenEnd = 'over' | 'too-small';

/**
 * Shows a run in the terminal until it has finished and was dismissed, was left, or waits at a gate
 * that does not fit. Resolves, or rejects with the error, after the terminal is restored.
 */
export async function showScreen(options: ScreenOptions): Promise<ScreenEnd> {
  const { run, stdin, stdout, coloured = true, clock = Date.now, watching = false, gone } = options;
  const { readDocument } = options;
  const store = openRunFeed(run);
  const title = watching
    ? NO_TITLE
    : keepTitle(store, { clock, write: (text) => stdout.write(text) });
  let end: ScreenEnd = 'over';
  const onTooSmall = (): void => {
    end = 'too-small';
  };
  try {
    // Input typed meanwhile would be echoed into the first frame, which must start a line.
    stdin.setRawMode?.(true);
    stdout.write('\r');
    // The first frame shows the run after its immediate events, not an outdated gate.
    await new Promise((resolve) => setImmediate(resolve));
    const hands = watching ? WATCHING : RUNNING;
    const load = async () => {
      options.begin?.();
      return await import('./ink.tsx');
    };
    const first = firstLines(store, hands.draw, stdout, clock());
    const { loaded, stdout: output } =
      first === undefined
        ? { loaded: await load(), stdout }
        : await showWhileLoading(
            { stdin, stdout, lines: first, coloured, onRestore: title.close },
            load,
          );
    const fence = openInputFence({
      stdin,
      stdout: output,
      isBehindAnother: isBehindAnother(process.env),
    });
    const { keyPressed: onKey, close: onClose } = title;
    const screen = loaded.showApp(
      {
        ...{ run, store, clock, onKey, onClose, fence, hands },
        ...(watching ? {} : { onTooSmall }),
        readLastRun: options.readLastRun,
        ...(readDocument === undefined ? {} : { readDocument }),
      },
      { coloured },
    );
    const leave = (): void => screen.unmount();
    gone?.addEventListener('abort', leave);
    if (gone?.aborted) leave();
    await screen.waitUntilExit();
    return end;
  } finally {
    title.close();
    store.close();
  }
}

/**
 * Draws the first frame; undefined if its size is unknown, or if it shows a question, which only
 * the screen that reads the answer may show.
 */
function firstLines(
  store: RunFeed,
  draw: typeof drawFrame,
  { isTTY, columns, rows }: NodeJS.WriteStream,
  now: number,
): readonly Line[] | undefined {
  const { view, live } = store.picture();
  const isQuestion = view.awaited !== undefined && view.awaited.for !== 'start';
  if (!isTTY || !(columns > 0 && rows > 0) || isQuestion) return undefined;
  const { lines } = draw({ view, state: stateFor(OPENED, view), live, now, columns, rows });
  // The keys of the opening page appear once they are read.
  return isOpening(view) ? lines.with(-1, []) : lines;
}
