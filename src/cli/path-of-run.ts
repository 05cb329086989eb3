import type { RunView } from '#events/view/run-view.ts';
import { FINISHED } from '#report/graph/drawing.ts';
import type { Runbook } from '#runbook/model/runbook.ts';

/** Returns the ids of the steps a run came to, with {@link FINISHED} where it went past the last one. */
export function pathOfRun({ steps }: Runbook, view: RunView | undefined): readonly string[] {
  const path = view?.path ?? [];
  const last = steps.find(({ id }) => id === path.at(-1));
  const isOver = view?.outcome !== undefined && view.outcome !== 'aborted';
  return isOver && last?.does.kind !== 'finish' ? [...path, FINISHED] : path;
}
