import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { handoverText } from '../../hands.ts';
import { text } from '../../markdown/text.ts';
import { commandText } from '../../plain/adhoc-lines.ts';
import { actionTitle, stateOf } from '../blocks/changes.ts';
import { answerText } from '../blocks/gate.ts';
import { intentText, secretInputs } from '../blocks/intent.ts';
import { failure } from '../blocks/result.ts';
import type { TranscriptRun } from '../run.ts';

/** Deliberate actions of people; other intents show in the events that follow from them. */
const TOLD: readonly string[] = ['jump', 'choose', 'edit', 'mark-done', 'report', 'cancel', 'undo'];

/**
 * Returns an event for a postmortem, as Markdown: findings, changes, actions and notes of people,
 * and the outcome; `undefined` for other events.
 */
export function toldText(record: RecordedEvent, run: TranscriptRun): string | undefined {
  return toldOfPeople(record.event, run) ?? toldOfSteps(record, run);
}

function toldOfPeople(event: RunEvent, { started, view }: TranscriptRun): string | undefined {
  switch (event.type) {
    case 'run.started':
      return `${text(event.operator)} started the run on ${text(event.host)}`;
    case 'run.resumed':
      return event.worker === undefined
        ? `${text(event.operator)} resumed the run on ${text(event.host)}`
        : `worker ${text(event.worker.id)} continued the run`;
    case 'run.paused':
      return `the run was paused: ${text(event.reason)}`;
    case 'run.handed-over':
      return text(handoverText(event));
    case 'operator.acted':
      return TOLD.includes(event.intent.type)
        ? `“${text(titleOf(view, event.step))}”: ${text(event.operator)} ${intentText(event.intent, secretInputs(started))}`
        : undefined;
    case 'adhoc.entered':
      return commandText(event);
    case 'gate.answered':
      return `“${text(titleOf(view, event.step))}”: ${answerText(event, { brief: true })}`;
    case 'operator.noted':
      return `note by ${text(event.operator)}: ${text(event.text)}`;
    default:
      return undefined;
  }
}

function toldOfSteps({ seq, event }: RecordedEvent, { view, actions }: TranscriptRun) {
  const name = (step: string) => `“${text(titleOf(view, step))}”`;
  switch (event.type) {
    case 'run.finished':
      return `**${text(event.outcome)}** (see Summary)`;
    case 'branch.taken':
      return event.finding === undefined ? undefined : `found: ${text(event.finding)}`;
    case 'step.finished': {
      const action = actions.find(({ finished }) => finished?.seq === seq);
      return action === undefined
        ? undefined
        : `Action ${action.number}, “${text(actionTitle(action, view))}”: ${text(stateOf(action))}`;
    }
    case 'step.settled':
      if (event.status !== 'failed' || event.error?.kind === 'declined') return undefined;
      return `${name(event.step)} **failed**${event.error === undefined ? '' : `: ${failure(event.error)}`}`;
    case 'step.skipped':
      return event.by === 'operator'
        ? `${name(event.step)} was skipped: ${text(event.reason)}`
        : undefined;
    case 'step.undone':
      return `${name(event.step)} was undone`;
    default:
      return undefined;
  }
}
