import { titleOf } from '../events/phrases.ts';
import type { StepView } from '../events/view.ts';
import { code, text } from './markdown-text.ts';
import { endSentence } from './transcript-header.ts';
import { failure } from './transcript-result.ts';
import type { TranscriptRun } from './transcript-run.ts';

/** Returns how it ended, what would prevent a next time, and what somebody should still look at. */
export function closingSections(run: TranscriptRun): readonly string[] {
  const { prevention, related } = run.started.runbook;
  const open = openPoints(run);
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

function checklist(points: readonly string[]): string {
  return points.map((point) => `- [ ] ${point}`).join('\n');
}

function openPoints({ view, actions, records }: TranscriptRun): readonly string[] {
  const name = (step: string) => `“${text(titleOf(view, step))}” (${code(step)})`;
  const declined = actions.filter((action) => {
    return action.gates.at(-1)?.answers.at(-1)?.event.answer === 'declined';
  });
  const bySkip = records.flatMap(({ event }) => {
    if (event.type !== 'step.skipped' || event.by !== 'operator') return [];
    return [`Skipped: ${name(event.step)}: ${text(event.reason)}`];
  });
  return [
    ...(view.outcome === undefined ? ['The run is not finished.'] : []),
    ...view.steps.flatMap((step) => stepPoint(step, name(step.id))),
    ...declined.map(({ step, number }) => `Declined: ${name(step)}, Action ${number}`),
    ...bySkip,
    ...view.notes
      .filter(({ text: note }) => note.trimEnd().endsWith('?'))
      .map((note) => `Asked by ${text(note.operator)}: ${text(note.text)}`),
  ];
}

/** A change that still ran when the record ended is as unknown as one that was lost. */
function stepPoint(step: StepView, name: string): readonly string[] {
  const error = step.error === undefined ? '' : `: ${failure(step.error)}`;
  if (step.state === 'failed') return [`Failed: ${name}${error}`];
  const isLost = step.state === 'unknown' || (step.state === 'running' && step.effect !== 'read');
  return isLost ? [`Outcome unknown: ${name}${error}`] : [];
}
