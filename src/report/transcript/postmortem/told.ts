import type { RecordedEvent } from '#events/log/event.ts';
import { answerText } from '#events/telling/answer.ts';
import { tellEvent } from '#events/telling/event.ts';
import { acted } from '#events/telling/intent.ts';
import { failure } from '#events/telling/result.ts';
import { type Part, say, strong } from '#events/telling/say.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { failureWord } from '#events/wording/step-state.ts';
import { actionTitle, stateOf } from '../blocks/changes.ts';
import type { TranscriptRun } from '../run.ts';

/** Deliberate actions of people; other intents show in the events that follow from them. */
const TOLD: readonly string[] = ['jump', 'choose', 'edit', 'mark-done', 'report', 'cancel', 'undo'];

/**
 * Returns an event for a postmortem: findings, changes, actions and notes of people,
 * and the outcome; `undefined` for other events.
 */
export function toldText(record: RecordedEvent, run: TranscriptRun): Part | undefined {
  return toldOfPeople(record, run) ?? toldOfSteps(record, run);
}

function toldOfPeople(record: RecordedEvent, { view }: TranscriptRun): Part | undefined {
  const { event } = record;
  switch (event.type) {
    case 'run.started':
    case 'run.resumed':
    case 'run.paused':
    case 'run.handed-over':
    case 'adhoc.entered':
    case 'operator.noted':
      return tellEvent(record, { view })?.said;
    case 'operator.acted':
      return TOLD.includes(event.intent.type)
        ? say`“${titleOf(view, event.step)}”: ${acted(event, view)}`
        : undefined;
    case 'gate.answered':
      return say`“${titleOf(view, event.step)}”: ${answerText(event, { brief: true })}`;
    default:
      return undefined;
  }
}

function toldOfSteps(
  { seq, event }: RecordedEvent,
  { view, actions }: TranscriptRun,
): Part | undefined {
  const name = (step: string) => `“${titleOf(view, step)}”`;
  switch (event.type) {
    case 'run.finished':
      return say`${strong(event.outcome)} (see Summary)`;
    case 'branch.taken':
      return event.finding === undefined ? undefined : `found: ${event.finding}`;
    case 'step.finished': {
      const action = actions.find(({ finished }) => finished?.seq === seq);
      return action === undefined
        ? undefined
        : `Action ${action.number}, “${actionTitle(action, view)}”: ${stateOf(action)}`;
    }
    case 'step.settled':
      if (event.status !== 'failed' || event.error?.kind === 'declined') return undefined;
      return say`${name(event.step)} ${strong(failureWord(event.error))}${event.error === undefined ? '' : say`: ${failure(event.error)}`}`;
    case 'step.skipped':
      return event.by === 'operator'
        ? `${name(event.step)} was skipped: ${event.reason}`
        : undefined;
    case 'step.undone':
      return `${name(event.step)} was undone`;
    default:
      return undefined;
  }
}
