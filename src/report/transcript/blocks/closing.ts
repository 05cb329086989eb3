import { code, folded, text } from '../../markdown/text.ts';
import type { TranscriptRun } from '../run.ts';
import { endSentence } from './header.ts';
import { openPoints, openPointText } from './open-points.ts';

/** More than these are folded. */
const FEW = 8;

/** Returns how it ended, what would prevent a next time, and what somebody should still look at. */
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

/** Of what runs inside of a step that was not reached, nothing was. */
function notReached({ view }: TranscriptRun): readonly string[] {
  const steps = view.steps.filter(({ visits, parent }) => visits === 0 && parent === undefined);
  if (steps.length === 0) return [];
  const names = steps.map(({ id, title }) => `${text(title)} (${code(id)})`);
  if (names.length <= FEW) return [`Not reached: ${names.join(', ')}`];
  return [
    folded(`Not reached: ${names.length} steps`, names.map((name) => `- ${name}`).join('\n')),
  ];
}

/** Returns points, which are markdown, as a list to tick off. */
export function checklist(points: readonly string[]): string {
  return points.map((point) => `- [ ] ${point}`).join('\n');
}
