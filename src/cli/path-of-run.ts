import type { RunView } from '#events/view/run-view.ts';
import { FINISHED } from '#report/graph/drawing.ts';
import type { Runbook } from '#runbook/model/runbook.ts';

/** Returns the IDs of the steps a run reached, with {@link FINISHED} if it passed the last one. */
export function pathOfRun({ steps }: Runbook, view: RunView | undefined): readonly string[] {
  const path = view?.path ?? [];
  const last = steps.find(({ id }) => id === path.at(-1));
  const isOver = view?.outcome !== undefined && view.outcome !== 'aborted';
  return isOver && last?.does.kind !== 'finish' ? [...path, FINISHED] : path;
}
