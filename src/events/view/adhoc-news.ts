import type { RunView } from './run-view.ts';

/** Returns the view once the run itself does something: what a command said is no news any more. */
export function withoutNews(view: RunView): RunView {
  const { adhocShown: _, ...rest } = view;
  return rest;
}

/** Returns the view when a later process goes on: of commands, only one that was lost is news then. */
export function onlyLostNews(view: RunView): RunView {
  const shown = view.adhoc?.find(({ id }) => id === view.adhocShown);
  return shown?.state === 'unknown' ? view : withoutNews(view);
}
