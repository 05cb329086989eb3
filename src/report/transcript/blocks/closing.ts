import { type Block, checklist, fold, heading } from '#events/telling/block.ts';
import { code, joined, say } from '#events/telling/say.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import { counted } from '#text/count.ts';
import type { TranscriptRun } from '../run.ts';
import { openPoints, openPointText } from './open-points.ts';

/** Returns the prevention notes, the open points, and what was not reached. */
export function closingSections(run: TranscriptRun): readonly Block[] {
  const { prevention, runbook } = conclusionOf(run.view);
  const open = openPoints(run).map((point) => openPointText(point, run));
  return [
    heading(2, 'Open points'),
    open.length === 0 ? 'None.' : checklist(open),
    ...(prevention.length === 0
      ? []
      : [
          heading(2, 'Prevention'),
          say`From the runbook ${code(runbook.name)}:`,
          checklist(prevention),
        ]),
    ...notReached(run),
  ];
}

/** Returns the steps that were not reached, without those inside of them. */
function notReached({ view }: TranscriptRun): readonly Block[] {
  const steps = view.steps.filter(({ visits, parent }) => visits === 0 && parent === undefined);
  if (steps.length === 0) return [];
  const names = steps.map(({ id, title }) => say`${title} (${code(id)})`);
  return [fold(`Not reached: ${counted(steps.length, 'step')}`, [joined(names)])];
}
