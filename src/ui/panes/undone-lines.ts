import type { GateView, RunView } from '#events/view/run-view.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { DIM, type Line, limited, wrapped } from '../draw/line.ts';

/**
 * Returns what an undo reverts: the action, its time, who confirmed it, and the reason for the
 * undo.
 */
export function undoneLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const change = view.changes?.findLast(
    ({ step, item, undo }) =>
      step === gate.step && item?.index === gate.item?.index && undo !== 'done',
  );
  const why = view.undoing?.step === gate.step ? view.undoing.reason : '';
  const by = change?.state === 'by-hand' ? 'done by hand by' : 'confirmed by';
  return [
    ...(change === undefined
      ? []
      : wrapped(
          `takes back what ran at ${timeOfDay(change.at)} UTC, ${by} ${change.operator}:`,
          width,
        )),
    ...(change?.action === undefined
      ? []
      : limited(
          wrapped(
            harmlessLine(change.action.text.trim().replaceAll(/\s+/g, ' ')),
            width,
            DIM,
            '│ ',
          ),
          2,
        )),
    ...(why === '' ? [] : limited(wrapped(`why: ${why}`, width), 2)),
  ];
}
