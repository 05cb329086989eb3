import { counted } from '#text/count.ts';
import { jumpTargets } from '../view/jump-targets.ts';
import type { RunView, StepView } from '../view/run-view.ts';

/** Describes the consequences of a jump: the steps that run again, ask again, or are skipped. */
export function jumpNote(view: RunView, id: string): string {
  const steps = jumpTargets(view);
  const to = steps.findIndex((step) => step.id === id);
  const here = steps.findIndex((step) => step.id === view.current);
  if (to === -1) return '';
  if (here !== -1 && to > here) return overNote(steps.slice(here, to));
  const again = steps.slice(to, here === -1 ? to + 1 : here + 1).filter(wasRun);
  const changes = again.filter(({ effect }) => effect !== 'read');
  const reads = again.length - changes.length;
  return [
    ...(reads === 0 ? [] : [`${counted(reads, 'read')} will run again, which changes nothing.`]),
    ...changes.map(changeNote),
    ...(again.length === 0 ? ['Nothing from that step on has run yet.'] : []),
  ].join(' ');
}

function changeNote({ title, state }: StepView): string {
  const isDone = state === 'succeeded' || state === 'done-by-hand';
  if (isDone) return `“${title}” stays done, and asks again before it runs again.`;
  const unsure = state === 'unknown' ? ' may have taken effect, and' : '';
  return `“${title}”${unsure} asks before it runs.`;
}

function overNote(passed: readonly StepView[]): string {
  const titles = passed.filter((step) => !wasRun(step)).map(({ title }) => `“${title}”`);
  return titles.length === 0 ? 'Nothing runs again.' : `Skips ${titles.join(', ')}.`;
}

function wasRun({ state, kind }: StepView): boolean {
  const isOver = !['waiting', 'current', 'skipped', 'not-taken'].includes(state);
  return isOver && kind !== 'finish';
}
