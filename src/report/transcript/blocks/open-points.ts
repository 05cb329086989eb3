import { failure } from '#events/telling/result.ts';
import { code, type Part, say } from '#events/telling/say.ts';
import { conclusionOf } from '#events/view/conclusion.ts';
import type { OpenPoint as Found } from '#events/view/open-points.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { isCarriedOut } from '#runbook/model/step-error.ts';
import type { TranscriptRun } from '../run.ts';

/** A point that needs attention after the run, with the number of a declined action. */
export type OpenPoint = Found & { readonly action?: number };

/** Returns the open points of a run. */
export function openPoints({ view, actions }: TranscriptRun): readonly OpenPoint[] {
  return conclusionOf(view).open.map((point) => {
    if (point.kind !== 'declined') return point;
    const action = actions.findLast(({ step }) => step === point.step.id)?.number;
    return action === undefined ? point : { ...point, action };
  });
}

/** Describes an open point. */
export function openPointText(point: OpenPoint, { view }: TranscriptRun): Part {
  const name = (step: string) => say`“${titleOf(view, step)}” (${code(step)})`;
  switch (point.kind) {
    case 'unfinished': {
      const at = view.awaited?.step ?? view.current;
      return say`The run is not finished.${at === undefined ? '' : say` It is at ${name(at)}.`}`;
    }
    case 'failed':
    case 'unknown': {
      const { id, error } = point.step;
      const failed = isCarriedOut(error) ? 'Not verified' : 'Failed';
      const what = point.kind === 'failed' ? failed : 'Outcome unknown';
      return say`${what}: ${name(id)}${error === undefined ? '' : say`: ${failure(error)}`}`;
    }
    case 'declined':
      return say`Declined: ${name(point.step.id)}${point.action === undefined ? '' : `, Action ${point.action}`}`;
    case 'skipped':
      return say`Skipped: ${name(point.step.id)}: ${point.reason}`;
    case 'unchecked':
      return point.text;
    case 'next':
      return say`Continue with ${code(point.command)}.`;
    case 'question':
      return `Asked by ${point.note.operator}: ${point.note.text}`;
  }
}
