import type { EventOf, ShownAction } from '#events/log/event.ts';
import { formatDuration } from '#text/duration.ts';
import { folded, text } from '../../markdown/text.ts';
import type { At } from '../events.ts';
import type { TranscriptRun } from '../run.ts';
import { onePrefix } from './inside.ts';
import { actionBlocks, checkText, endOf, resultBlocks } from './result.ts';

/** The number of lines above which a statement is folded. */
const OPEN_LINES = 10;

const PART: { readonly [P in EventOf<'step.started'>['part']]: string } = {
  action: 'ran',
  preview: 'read what the action will hit',
  recheck: 'read it again before acting',
  verify: 'checked',
  undo: 'undid',
};

/**
 * Returns an execution for the timeline, with its end if nothing happened in between. Actions shown
 * before (`known`), or listed among the numbered actions, are not repeated.
 */
export function executionBlocks(
  { seq, event }: At<'step.started'>,
  finished: EventOf<'step.finished'> | undefined,
  run: TranscriptRun,
  known: Set<string>,
): readonly string[] {
  const number = run.actions.find(({ started }) => started?.seq === seq)?.number;
  const key = JSON.stringify(event.action);
  const isNew = number === undefined && !known.has(key);
  known.add(key);
  const what = number === undefined ? PART[event.part] : `ran Action ${number}`;
  const attempt = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
  const where = event.action.kind === 'wait' ? '' : ` on ${text(event.action.where)}`;
  return [
    `${onePrefix(event, run.view)}${what}${where} (${text(event.effect)}${attempt})${endText(finished)}`,
    ...(isNew ? readBlocks(event.action) : []),
    ...(finished === undefined || number !== undefined || event.part === 'verify'
      ? []
      : resultBlocks(finished, run.options.outputs)),
  ];
}

/** A long read is folded; changes are listed under Actions. */
function readBlocks(action: ShownAction): readonly string[] {
  const [shown = '', ...values] = actionBlocks(action);
  const lines = action.text.trimEnd().split('\n').length;
  return lines > OPEN_LINES
    ? [folded(`what ran, ${lines} lines`, shown), ...values]
    : [shown, ...values];
}

function endText(finished: EventOf<'step.finished'> | undefined): string {
  if (finished === undefined) return '';
  const end = finished.part === 'verify' ? checkText(finished) : endOf(finished);
  return `, ${formatDuration(finished.ms)}: ${end}`;
}
