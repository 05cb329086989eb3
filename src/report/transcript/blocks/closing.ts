import { conclusionOf } from '#events/view/conclusion.ts';
import { counted } from '#text/count.ts';
import { code, folded, text } from '../../markdown/text.ts';
import type { TranscriptRun } from '../run.ts';
import { openPoints, openPointText } from './open-points.ts';

/** Returns the prevention notes, the open points, and what was not reached. */
export function closingSections(run: TranscriptRun): readonly string[] {
  const { prevention, runbook } = conclusionOf(run.view);
  const open = openPoints(run).map((point) => openPointText(point, run));
  return [
    '## Open points',
    open.length === 0 ? 'None.' : checklist(open),
    ...(prevention.length === 0
      ? []
      : [
          '## Prevention',
          `From the runbook ${code(runbook.name)}:`,
          checklist(prevention.map(text)),
        ]),
    ...notReached(run),
  ];
}

/** Returns the steps that were not reached, without those inside of them. */
function notReached({ view }: TranscriptRun): readonly string[] {
  const steps = view.steps.filter(({ visits, parent }) => visits === 0 && parent === undefined);
  if (steps.length === 0) return [];
  const names = steps.map(({ id, title }) => `${text(title)} (${code(id)})`);
  return [folded(`Not reached: ${counted(steps.length, 'step')}`, names.join(', '))];
}

/** Returns points, which are Markdown, as a checklist. */
export function checklist(points: readonly string[]): string {
  return points.map((point) => `- [ ] ${point}`).join('\n');
}
