import { render } from 'ink';
import type { RunHandle } from '#events/log/run-handle.ts';
import { press } from '../keys/press.ts';
import { drawFrame } from '../panes/frame.ts';
import { drawWatched, pressWatched } from '../panes/watched-frame.ts';
import { App } from './app.tsx';
import { isBehindAnother, openInputFence } from './input-fence.ts';
import { Colours } from './lines.tsx';
import { openRunStore } from './run-feed.ts';
import { keepTitle, type TitleKeeper } from './title.ts';

/** The options of a screen. */
export type ScreenOptions = {
  readonly run: RunHandle;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colors (`NO_COLOR`); color alone never carries meaning. */
  readonly coloured?: boolean;
  /** Returns milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
  /** True for a run that someone else operates: the screen is read-only. @default false */
  readonly watching?: boolean;
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
  const store = openRunStore(run);
  const fence = openInputFence({ stdin, stdout, isBehindAnother: isBehindAnother(process.env) });
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
    const screen = render(
      <Colours value={coloured}>
        <App
          run={run}
          store={store}
          clock={clock}
          onKey={title.keyPressed}
          onClose={title.close}
          fence={fence}
          {...(watching ? { hands: WATCHING } : { hands: RUNNING, onTooSmall })}
        />
      </Colours>,
      {
        stdin: fence.stdin,
        stdout: fence.stdout,
        alternateScreen: true,
        incrementalRendering: true,
        // Ctrl-C stops a step, not the screen.
        exitOnCtrlC: false,
        // Nothing writes to the console; Ink would redraw the whole frame around it.
        patchConsole: false,
        // The caller has decided to show a screen; Ink would refuse to where `CI` is set.
        interactive: true,
      },
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
