import { code, folded, text } from '../../markdown/text.ts';
import type { TranscriptRun } from '../run.ts';
import { endSentence } from './header.ts';
import { openPoints, openPointText } from './open-points.ts';

/** The number of items above which a list is folded. */
const FEW = 8;

/** Returns the outcome, the prevention notes, and the open points. */
export function closingSections(run: TranscriptRun): readonly string[] {
  const { prevention, related } = run.started.runbook;
  const open = openPoints(run).map((point) => openPointText(point, run));
  return [
    '## Outcome',
    endSentence(run),
    ...notReached(run),
    ...(prevention.length === 0 ? [] : ['## Prevention', checklist(prevention.map(text))]),
    '## Open points',
    open.length === 0 ? 'None.' : checklist(open),
    ...(related.length === 0 ? [] : [`Related runbooks: ${related.map(code).join(', ')}`]),
  ];
}

/** Returns the steps that were not reached, without those inside of them. */
function notReached({ view }: TranscriptRun): readonly string[] {
  const steps = view.steps.filter(({ visits, parent }) => visits === 0 && parent === undefined);
  if (steps.length === 0) return [];
  const names = steps.map(({ id, title }) => `${text(title)} (${code(id)})`);
  if (names.length <= FEW) return [`Not reached: ${names.join(', ')}`];
  return [
    folded(`Not reached: ${names.length} steps`, names.map((name) => `- ${name}`).join('\n')),
  ];
}

/** Returns points, which are Markdown, as a checklist. */
export function checklist(points: readonly string[]): string {
  return points.map((point) => `- [ ] ${point}`).join('\n');
}
