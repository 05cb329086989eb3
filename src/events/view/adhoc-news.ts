import type { RunView } from './run-view.ts';

/** Returns the view once the run itself moves: the result of a command is not new any more. */
export function withoutNews(view: RunView): RunView {
  const { adhocShown: _, ...rest } = view;
  return rest;
}

/** Returns the view when a later process resumes: only a lost command is new then. */
export function onlyLostNews(view: RunView): RunView {
  const shown = view.adhoc?.find(({ id }) => id === view.adhocShown);
  return shown?.state === 'unknown' ? view : withoutNews(view);
}
