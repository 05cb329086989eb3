import { useApp, useInput, usePaste, useStdin, useStdout, useWindowSize } from 'ink';
import {
  type JSX,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { asError } from '#errors.ts';
import type { Intent } from '#events/log/intent.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Block } from '../draw/block.ts';
import { fitsGate } from '../draw/layout.ts';
import { withFile, withoutFile } from '../draw/output-blocks.ts';
import { areSeveral } from '../keys/burst.ts';
import type { press } from '../keys/press.ts';
import {
  fillsScreen,
  OPENED,
  type PressContext,
  type RunDocument,
  type ScreenEffect,
  type ScreenState,
  stateFor,
  withoutPassed,
} from '../keys/screen-state.ts';
import type { drawFrame, Frame } from '../panes/frame.ts';
import type { InputFence } from './input-fence.ts';
import { type Key, keysOf } from './key.ts';
import { Lines } from './lines.tsx';
import type { RunFeed } from './run-feed.ts';

const TICK_MS = 1_000;

/** The dependencies of the root component. */
export type AppProps = {
  readonly run: RunHandle;
  readonly store: RunFeed;
  /** Returns milliseconds since 1970. */
  readonly clock: () => number;
  /** Called for every key. */
  readonly onKey: () => void;
  /** Resolves to the last finished run of the runbook in words. */
  readonly readLastRun?: (() => Promise<string | undefined>) | undefined;
  /** Called when a gate waits that does not fit the terminal; the screen then ends. */
  readonly onTooSmall?: () => void;
  /** Returns a text about the finished run. */
  readonly readDocument?: (document: RunDocument) => Promise<string>;
  /** Called when the screen closes, even if the program ends abruptly. */
  readonly onClose: () => void;
  /** Tracks which question was on the terminal when a key was typed. */
  readonly fence: InputFence;
  /** Draws the run and handles keys: different for operator and watcher. */
  readonly hands: { readonly draw: typeof drawFrame; readonly press: typeof press };
};

/**
 * The root: draws the run, turns keys into intents, and is the only component that ends the screen.
 */
export function App(props: AppProps): JSX.Element {
  const { run, store, clock, onKey, onTooSmall, onClose, fence, hands, readDocument } = props;
  const { exit, suspendTerminal, waitUntilRenderFlush } = useApp();
  const { stdin } = useStdin();
  const { stdout } = useStdout();
  const { view, live, notice } = useSyncExternalStore(store.subscribe, store.picture);
  const { columns, rows } = useWindowSize();
  const now = useNow(clock, view.status !== 'finished');
  // Several keys can arrive before React draws again, so the state they change is kept outside it.
  const latest = useRef<ScreenState>(OPENED);
  const [, redraw] = useState(0);
  const lastRun = useLastRun(props.readLastRun);
  const change = (state: ScreenState): void => {
    latest.current = state;
    redraw((count) => count + 1);
  };
  latest.current = withoutPassed(stateFor(latest.current, view), now);
  const state = notice === undefined ? latest.current : { ...latest.current, notice };
  const frame = hands.draw({ view, state, live, now, columns, rows, lastRun });
  const question = questionOf(view);
  // The question behind an overlay that fills the screen has not been displayed.
  const drawn = fillsScreen(latest.current.overlay) ? undefined : question;
  fence.draw(drawn);
  useEffect(() => {
    if (drawn !== undefined) void waitUntilRenderFlush().then(fence.settle);
  }, [drawn, fence, waitUntilRenderFlush]);

  useLayoutEffect(() => onClose, [onClose]);

  const isTooSmall = view.awaited?.for === 'gate' && !fitsGate(fence.stdout);
  useEffect(() => {
    if (!isTooSmall || onTooSmall === undefined) return;
    onTooSmall();
    exit();
  }, [isTooSmall, onTooSmall, exit]);

  useEffect(() => {
    // A finished run stays on the screen until the operator has read it.
    const left = (): void => {
      if (run.view().status !== 'finished') void fence.reported().then(() => exit());
    };
    run.ended.then(left, (error: unknown) => exit(asError(error)));
  }, [run, exit, fence]);

  useEffect(() => {
    run.lendTerminal?.(async () => {
      const suspension = await suspendTerminal();
      await stopReading(stdin);
      const release = (): void => {
        // The first frame starts at the cursor, and must start a line.
        stdout.write('\r');
        void suspension.resume();
      };
      return { release };
    });
  }, [run, stdin, stdout, suspendTerminal]);

  const suspend = async (): Promise<void> => {
    const suspension = await suspendTerminal();
    // Without job control the system does not stop the process, and the screen continues.
    process.kill(process.pid, 'SIGTSTP');
    stdout.write('\r');
    void suspension.resume();
  };
  /** Answers what the frame shows, which may be older than what the run asks by now. */
  const submit = async (intent: Intent, before: ScreenState): Promise<void> => {
    const { operator: by, awaited } = view;
    const verdict = await run.submit({ intent, by, answers: awaited?.seq });
    // The typed text stays, so that it can be corrected.
    if (!verdict.accepted && verdict.code === 'invalid')
      change({ ...before, notice: verdict.reason });
  };
  const perform = (effect: ScreenEffect, before: ScreenState): void => {
    if (effect.type === 'send') {
      void submit(effect.intent, before);
    } else if (effect.type === 'exit') void fence.reported().then(() => exit());
    else if (effect.type === 'suspend') void suspend();
    else if (effect.type === 'read-document') {
      const { document } = effect;
      const read = readDocument ?? noDocument;
      showText(read(document), document, latest, change);
    } else for (const file of effect.files) showText(run.readOutput(file), file, latest, change);
  };
  const type = (keys: readonly Key[]): void => {
    try {
      const isOfSeveral = areSeveral(keys);
      for (const key of keys) {
        // A key answers what was on the screen when it was pressed, not what came since.
        const context = {
          ...contextOf(frame, view, live, clock),
          ...{ isSeen: fence.covers(question), isOfSeveral },
        };
        const before = latest.current;
        const pressed = hands.press(before, key, context);
        change(pressed.state);
        for (const effect of pressed.effects) perform(effect, before);
      }
    } catch (error) {
      exit(asError(error));
    }
  };
  useInput((input, key) => {
    onKey();
    type(keysOf(input, key));
  });
  usePaste((text) => type([{ name: 'paste', text }]));

  return <Lines lines={frame.lines} />;
}

/**
 * The question a key would answer; before a step an early Enter only runs a read, or opens a gate.
 */
function questionOf(view: RunView): string | undefined {
  const { awaited } = view;
  if (awaited !== undefined && isOpening(view)) return `opening ${awaited.seq}`;
  return awaited === undefined || awaited.for === 'start' ? undefined : String(awaited.seq);
}

function contextOf(
  frame: Frame,
  view: RunView,
  live: readonly LiveOutput[],
  clock: () => number,
): Omit<PressContext, 'isSeen'> {
  const { pagerWidth, page, scrollLimit, shownScroll } = frame;
  const about = { page, scrollLimit, shownScroll };
  return { view, live, now: clock(), columns: pagerWidth, ...about };
}

/**
 * Ink only stops listening. A program that still reads steals keys from the script that has the
 * terminal, or is stopped by the system for trying to.
 */
async function stopReading(stdin: { pause(): unknown }): Promise<void> {
  // A stream notices the removal of its listener only after this turn, and ignores an earlier
  // pause.
  await new Promise((resolve) => setImmediate(resolve));
  stdin.pause();
}

/** Returns the last run of the runbook once it was read, after the first frame. */
function useLastRun(read: AppProps['readLastRun']): string | undefined {
  const [lastRun, found] = useState<string>();
  useEffect(() => {
    let isOver = false;
    read?.().then(
      (text) => !isOver && found(text),
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [read]);
  return lastRun;
}

/** Returns the time, refreshed every second while it matters. */
function useNow(clock: () => number, isTicking: boolean): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => tick((count) => count + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return clock();
}

function noDocument(): Promise<string> {
  return Promise.reject(new Error('see runbook transcript'));
}

/** Shows a text in the pager once it is read, in the place of its file. */
function showText(
  reading: Promise<string>,
  file: string,
  latest: { readonly current: ScreenState },
  change: (state: ScreenState) => void,
): void {
  const show = (read: (blocks: readonly Block[]) => readonly Block[]): void => {
    const { overlay } = latest.current;
    if (overlay?.kind !== 'pager') return;
    change({ ...latest.current, overlay: { ...overlay, blocks: read(overlay.blocks) } });
  };
  reading.then(
    (text) => show((blocks) => withFile(blocks, file, text)),
    (error: unknown) => show((blocks) => withoutFile(blocks, file, asError(error).message)),
  );
}
