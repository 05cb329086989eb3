import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { otherRunsTexts } from '#events/wording/other-runs.ts';
import { valueText } from '#events/wording/phrases.ts';
import { allSparedText, refreshedText, sparedTexts } from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { clearedText, handoverText, presenceText, watchText } from '../../hands.ts';
import { code, text } from '../../markdown/text.ts';
import { commandText } from '../../plain/adhoc-lines.ts';
import type { TranscriptRun } from '../run.ts';
import { askedBlocks, decisionLines } from './decision.ts';
import { answerText } from './gate.ts';
import { childEndText, childStartText, itemEnd, onePrefix, undoneText } from './inside.ts';
import { intentText, secretInputs } from './intent.ts';
import { actionBlocks, endOf, failure, resultBlocks } from './result.ts';

/**
 * Returns an event of the timeline as Markdown blocks, the first of which follows its time; none
 * for an event that adds nothing to its neighbors. Starts of steps and actions are rendered
 * elsewhere.
 */
export function eventBlocks({ seq, event }: RecordedEvent, run: TranscriptRun): readonly string[] {
  switch (event.type) {
    case 'run.started':
      return [startedText(event)];
    case 'run.resumed':
      return [resumedText(event)];
    case 'run.paused':
      return [`**paused**: ${text(event.reason)}`];
    case 'run.handed-over':
      return [`**${text(handoverText(event))}** on ${text(event.host)}`];
    case 'run.watched':
      return [text(watchText(event))];
    case 'run.attended':
      return [text(presenceText(event))];
    case 'run.finished':
      return [`the run finished **${text(event.outcome)}**: ${text(event.summary)}`];
    case 'target.connected':
      return [connectedText(event)];
    case 'rows.spared':
      return sparedBlocks(event, run);
    case 'gate.refreshed': {
      const said = refreshedText(event);
      return said === undefined ? [] : [text(said)];
    }
    case 'gate.others':
      return otherRunsTexts(event).map(text);
    case 'step.finished': {
      const blocks = resultBlocks(event, run.options.outputs);
      return [
        `${onePrefix(event, run.view)}ended after ${formatDuration(event.ms)}: ${endOf(event)}`,
        ...blocks,
      ];
    }
    case 'step.skipped':
      return [`**skipped**, ${SKIPPED_BY[event.by]}: ${text(event.reason)}`];
    case 'step.settled':
      if (event.status === 'simulated') return ['**simulated**: nothing was run'];
      // The decline is shown directly above.
      if (event.error?.kind === 'declined') return [];
      return event.status === 'failed' ? [onePrefix(event, run.view) + failedText(event)] : [];
    case 'item.settled':
      return event.status === 'succeeded' ? [] : [itemEnd(event)];
    case 'step.undone':
      return [undoneText(event)];
    case 'child.started':
      return [childStartText(event)];
    case 'child.finished':
      return [childEndText(event)];
    case 'timer.armed':
      return [
        `${event.for === 'retry' ? 'retrying' : 'checking again'} in ${formatDuration(event.ms)}`,
      ];
    case 'gate.opened':
      return [gateText(event, seq, run)];
    case 'gate.answered':
      return [answerText(event)];
    case 'operator.awaited':
      return askedBlocks(event);
    case 'operator.acted':
      return [`${text(event.operator)} ${intentText(event.intent, secretInputs(run.started))}`];
    case 'operator.noted':
      return [`note by ${text(event.operator)}: ${text(event.text)}`];
    case 'adhoc.entered':
      return [commandText(event), ...actionBlocks(event.action)];
    case 'branch.taken':
      return [decisionLines(event, run.view).join('\n')];
    case 'item.entered':
    case 'step.entered':
    case 'step.started':
    case 'timer.fired':
      return [];
  }
}

const SKIPPED_BY: { readonly [B in EventOf<'step.skipped'>['by']]: string } = {
  condition: 'its condition is not true',
  operator: 'by the operator',
  'empty-preview': 'the preview found nothing to act on',
  'not-needed': 'none of the rows that the preview found is needed',
  spared: 'every row had changed',
  'no-items': 'there are no items',
};

function sparedBlocks(event: EventOf<'rows.spared'>, run: TranscriptRun): readonly string[] {
  const left = event.left === 0 ? 'nothing ran' : `${counted(event.left, 'row')} left`;
  const rows = sparedTexts(event.rows, event.columns).map((row) => `- Spared: ${text(row)}`);
  const count = counted(event.rows.length, 'row');
  const what = `**${count} changed since the confirmation**, and ${left}:`;
  const all = allSparedText(event);
  return [
    `${onePrefix(event, run.view)}${what}`,
    rows.join('\n'),
    ...(all === undefined ? [] : [text(all)]),
  ];
}

function startedText({ operator, host, mode, auto }: EventOf<'run.started'>): string {
  const how = auto === true ? `${mode}, read-only steps run automatically` : mode;
  return `${text(operator)} started the run on ${text(host)} (${text(how)})`;
}

function resumedText(event: EventOf<'run.resumed'>): string {
  const { interrupted: cut, repaired, worker, cleared = [] } = event;
  const lost =
    cut === undefined
      ? ''
      : `; the ${text(cut.part)} of ${code(cut.step)} (${text(cut.effect)}) had started and **not finished**`;
  const repair = repaired === undefined ? '' : `; the journal was repaired: ${text(repaired)}`;
  const ended = cleared.map((it) => `; ${text(clearedText(it))}`).join('');
  const where = `on ${text(event.host)} with ${text(event.program)}`;
  const chosen =
    event.at === undefined
      ? ''
      : `, and chose to continue at ${code(event.at)}, which this build could not follow`;
  const by =
    worker === undefined
      ? `${text(event.operator)} resumed the run`
      : `Worker ${text(worker.id)} continued the run`;
  return `**${by}** ${where}${chosen}${lost}${repair}${ended}`;
}

/** The facts that the description contains. */
const IN_DESCRIPTION = ['engine', 'host', 'port', 'database', 'user', 'description', 'reserved'];

function connectedText({ target, description, reserved, facts }: EventOf<'target.connected'>) {
  const slot = reserved ? ', **through a reserved slot**' : '';
  const more = Object.entries(facts).filter(([name]) => !IN_DESCRIPTION.includes(name));
  const known = more.map(([name, value]) => code(`${name} = ${valueText(value)}`));
  const details = known.length === 0 ? '' : ` (${known.join(', ')})`;
  return `connected to ${code(target)}: ${text(description)}${slot}${details}`;
}

function failedText({ error }: EventOf<'step.settled'>): string {
  return `the step **failed**${error === undefined ? '' : `: ${failure(error)}`}`;
}

function gateText(event: EventOf<'gate.opened'>, seq: number, { actions }: TranscriptRun): string {
  const action = actions.find(({ gates }) => gates.some(({ opened }) => opened.seq === seq));
  const rows =
    event.preview === undefined ? '' : `, ${counted(event.preview.rows.length, 'pinned row')}`;
  const where = action === undefined ? '' : ` (see Action ${action.number})`;
  const asked = event.operator === undefined ? '' : ` ${text(event.operator)}`;
  return `the gate asked${asked} to confirm ${code(event.digest)}${rows}${where}`;
}
