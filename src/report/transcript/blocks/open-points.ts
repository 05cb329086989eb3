import type { RecordedEvent } from '#events/log/event.ts';
import type { NoteView, StepView } from '#events/view/run-view.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { code, text } from '../../markdown/text.ts';
import type { ActionTaken } from '../actions.ts';
import type { TranscriptRun } from '../run.ts';
import { failure } from './result.ts';

/** A point that needs attention after the run. */
export type OpenPoint =
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'failed' | 'unknown'; readonly step: StepView }
  | { readonly kind: 'declined'; readonly step: string; readonly action: number }
  | { readonly kind: 'skipped'; readonly step: string; readonly reason: string }
  | { readonly kind: 'question'; readonly note: NoteView };

/** Returns the open points of a run, most important first. */
export function openPoints({ view, actions, records }: TranscriptRun): readonly OpenPoint[] {
  const declined = actions.filter(({ number, step, gates }) => {
    const isDone = actions.some((later) => later.number > number && isSucceeded(later, step));
    return gates.at(-1)?.answers.at(-1)?.event.answer === 'declined' && !isDone;
  });
  return [
    ...(view.outcome === undefined ? [{ kind: 'unfinished' } as const] : []),
    ...[...view.steps, ...(view.adhoc ?? []).filter(isChange)].flatMap(stepPoint),
    ...declined.map(({ step, number }) => ({ kind: 'declined', step, action: number }) as const),
    ...records.flatMap(skippedPoint),
    ...openQuestions(view.notes).map((note) => ({ kind: 'question', note }) as const),
  ];
}

/** Tells whether a declined action succeeded later, so that it is not open. */
function isSucceeded({ step, finished }: ActionTaken, wanted: string): boolean {
  return step === wanted && finished?.event.status === 'succeeded';
}

/** Returns the notes that contain a question. */
export function openQuestions(notes: readonly NoteView[]): readonly NoteView[] {
  return notes.filter(({ text: note }) => note.trimEnd().endsWith('?'));
}

/** Describes an open point. */
export function openPointText(point: OpenPoint, { view }: TranscriptRun): string {
  const name = (step: string) => `“${text(titleOf(view, step))}” (${code(step)})`;
  switch (point.kind) {
    case 'unfinished': {
      const at = view.awaited?.step ?? view.current;
      return `The run is not finished.${at === undefined ? '' : ` It is at ${name(at)}.`}`;
    }
    case 'failed':
    case 'unknown': {
      const { id, error } = point.step;
      const what = point.kind === 'failed' ? 'Failed' : 'Outcome unknown';
      return `${what}: ${name(id)}${error === undefined ? '' : `: ${failure(error)}`}`;
    }
    case 'declined':
      return `Declined: ${name(point.step)}, Action ${point.action}`;
    case 'skipped':
      return `Skipped: ${name(point.step)}: ${text(point.reason)}`;
    case 'question':
      return `Asked by ${text(point.note.operator)}: ${text(point.note.text)}`;
  }
}

/** The outcome of a change that still ran when the record ended is unknown. */
function stepPoint(step: StepView): readonly OpenPoint[] {
  if (step.state === 'failed') return [{ kind: 'failed', step }];
  const isLost = step.state === 'unknown' || (step.state === 'running' && step.effect !== 'read');
  return isLost ? [{ kind: 'unknown', step }] : [];
}

/** A failed ad-hoc read leaves nothing open. */
function isChange({ state, error }: StepView): boolean {
  return state === 'unknown' || state === 'running' || error?.kind === 'unknown';
}

function skippedPoint({ event }: RecordedEvent): readonly OpenPoint[] {
  if (event.type !== 'step.skipped' || event.by !== 'operator') return [];
  return [{ kind: 'skipped', step: event.step, reason: event.reason }];
}
