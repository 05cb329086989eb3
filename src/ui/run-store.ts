import type { LiveOutput } from '../events/live.ts';
import type { RunHandle } from '../events/run-handle.ts';
import type { RunView } from '../events/view.ts';

/** What the screen draws of a run at a moment. */
export type RunPicture = { readonly view: RunView; readonly live: LiveOutput | undefined };

/** A run as React reads it: a picture that only changes when there is something new to draw. */
export type RunStore = {
  readonly picture: () => RunPicture;
  readonly subscribe: (listener: () => void) => () => void;
  /** Stops listening to the run. */
  readonly close: () => void;
};

const LIVE_EVERY_MS = 100;

/** Listens to a run; its events are passed on at once, its live output at most ten times a second. */
export function openRunStore(run: RunHandle): RunStore {
  let picture: RunPicture = { view: run.view(), live: undefined };
  let newest: LiveOutput | undefined;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const publish = (next: RunPicture): void => {
    picture = next;
    for (const listener of listeners) listener();
  };
  const unsubscribe = run.subscribe(({ view, live, event }) => {
    if (live === undefined) {
      // What an action printed belongs to that action alone.
      if (event.event.type === 'step.started' || event.event.type === 'step.finished') {
        newest = undefined;
      }
      publish({ view, live: newest });
      return;
    }
    newest = live;
    timer ??= setTimeout(() => {
      timer = undefined;
      publish({ ...picture, live: newest });
    }, LIVE_EVERY_MS);
  });
  return {
    picture: () => picture,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      unsubscribe();
      clearTimeout(timer);
    },
  };
}
