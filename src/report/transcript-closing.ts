import { code, text } from './markdown-text.ts';
import { endSentence } from './transcript-header.ts';
import { openPoints, openPointText } from './transcript-open-points.ts';
import type { TranscriptRun } from './transcript-run.ts';

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

function notReached({ view }: TranscriptRun): readonly string[] {
  const steps = view.steps.filter(({ visits }) => visits === 0);
  if (steps.length === 0) return [];
  return [
    `Not reached: ${steps.map(({ id, title }) => `${text(title)} (${code(id)})`).join(', ')}`,
  ];
}

/** Returns points, which are markdown, as a list to tick off. */
export function checklist(points: readonly string[]): string {
  return points.map((point) => `- [ ] ${point}`).join('\n');
}
