import type { LiveOutput } from '#events/log/live.ts';
import type { RunHandle } from '#events/log/run-handle.ts';
import type { RunView } from '#events/view/run-view.ts';

/** A snapshot of a run for drawing. */
export type RunPicture = {
  readonly view: RunView;
  /** The output of everything that runs concurrently. */
  readonly live: readonly LiveOutput[];
  /** A message that is not part of the record. */
  readonly notice?: string | undefined;
};

/** A run as a React store: the snapshot only changes if there is something new to draw. */
export type RunFeed = {
  readonly picture: () => RunPicture;
  readonly subscribe: (listener: () => void) => () => void;
  /** Stops listening to the run. */
  readonly close: () => void;
};

const LIVE_EVERY_MS = 100;

/** Subscribes to a run; events are passed on at once, live output at most ten times a second. */
export function openRunFeed(run: RunHandle): RunFeed {
  let picture: RunPicture = { view: run.view(), live: [] };
  const newest = new Map<string, LiveOutput>();
  const live = () => [...newest.values()];
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const publish = (next: RunPicture): void => {
    picture = next;
    for (const listener of listeners) listener();
  };
  const unsubscribe = run.subscribe(({ view, live: output, event: recorded, notice }) => {
    if (notice !== undefined) {
      publish({ ...picture, notice: notice.text });
      return;
    }
    if (output === undefined) {
      // The output of an action belongs to that action alone.
      const { event } = recorded;
      if (event.type === 'step.started' || event.type === 'step.finished') {
        newest.delete(keyOf(event));
      }
      publish({ ...picture, view, live: live() });
      return;
    }
    newest.set(keyOf(output), output);
    timer ??= setTimeout(() => {
      timer = undefined;
      publish({ ...picture, live: live() });
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

function keyOf({ step, item }: Pick<LiveOutput, 'step' | 'item'>): string {
  return item === undefined ? step : `${step} ${item.index}`;
}
