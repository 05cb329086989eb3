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

/** What a screen needs. */
export type ScreenOptions = {
  readonly run: RunHandle;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colours (`NO_COLOR`); the screen says nothing by colour alone. */
  readonly coloured?: boolean;
  /** Returns milliseconds since 1970; `Date.now` when left out. */
  readonly clock?: () => number;
  /** True for a run that another person has in hand: nothing is asked of it. @default false */
  readonly watching?: boolean;
  /** Aborted when nobody can look any more: the screen ends, whatever it shows. */
  readonly gone?: AbortSignal;
};

const RUNNING = { draw: drawFrame, press };
const WATCHING = { draw: drawWatched, press: pressWatched };

/** Who only watches is not called. */
const NO_TITLE: TitleKeeper = { keyPressed: () => undefined, close: () => undefined };

/** Why a screen ended: the run is over or was left, or a gate waits that the terminal is too small for. */
export type ScreenEnd = 'over' | 'too-small';

/**
 * Shows a run in the terminal until it has finished and was looked at, was left, or waits at a gate that
 * does not fit. Resolves, or rejects with what went wrong, after the terminal is as it was before.
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
    // What is typed meanwhile would be echoed into the first frame, which has to begin a line.
    stdin.setRawMode?.(true);
    stdout.write('\r');
    // What a run does at once when it is let go is on the first frame: an old gate is not.
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
        // Whoever calls has decided for a screen; Ink would refuse one where `CI` is set.
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
