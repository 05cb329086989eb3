import type { RunView } from '#events/view/run-view.ts';
import { type Line, WARN, wrapped } from '../draw/line.ts';

/** Returns the text shown after a stop was requested. */
export function stoppingLines(view: RunView, width: number): readonly Line[] {
  if (!view.stopping) return [];
  return wrapped('Stopping as soon as this is done. Ctrl-C again ends it now.', width, WARN);
}
