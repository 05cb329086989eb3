import { gateEndText, gateItemText, undoText } from '#events/wording/phrases.ts';
import {
  changesTexts,
  leavingOutText,
  leftOutTexts,
  missingColumnsTexts,
} from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { rowsTable } from '../../markdown/table.ts';
import { code, text } from '../../markdown/text.ts';
import type { GateRecord } from '../actions.ts';
import type { RunTimes } from '../time.ts';
import { actionBlocks } from './result.ts';

/**
 * Returns the complete content of a gate and every answer it received. Of one that was asked again,
 * only what differs from the gate before it.
 */
export function gateBlocks(
  { opened, answers }: GateRecord,
  times: RunTimes,
  before?: GateRecord['opened']['event'],
): readonly string[] {
  const { event } = opened;
  const asked = event.operator === undefined ? '' : ` ${text(event.operator)}`;
  const said =
    answers
      .map(({ at, event: answer }) => `- ${times.at(at)} · ${answerText(answer)}`)
      .join('\n') || unansweredText(event);
  if (before !== undefined && isSame(before.action, event.action))
    return [
      `${times.at(opened.at)} · the gate asked${asked} again${event.digest === before.digest ? '' : `, now ${code(event.digest)}`}:`,
      ...changesBlocks(event),
      ...againBlocks(before.preview, event.preview, times),
      said,
    ];
  const which = `the gate${event.part === 'undo' ? ' of the undo' : ''}`;
  const showed = asked === '' ? `${which} was opened` : `${which} showed${asked}`;
  return [
    `${times.at(opened.at)} · ${showed}${event.simulated === true ? ' (dry run)' : ''}:`,
    ...actionBlocks(event.action),
    factsOf(event),
    ...changesBlocks(event),
    ...previewBlocks(event.preview, times),
    said,
  ];
}

function factsOf(event: GateRecord['opened']['event']): string {
  const items = gateItemText(event);
  const end = gateEndText(event);
  const facts = [
    items === undefined ? '' : `- For ${text(items)}`,
    end === undefined ? '' : `- Final step: ${end}`,
    `- Effect: ${text(event.effect)}. Where: ${text(event.action.where)}`,
    `- Digest: ${code(event.digest)}`,
    event.warning === undefined ? '' : `- Warning: ${text(event.warning)}`,
    event.notRead === undefined ? '' : `- Not proven read-only: ${text(event.notRead)}`,
    event.undo === undefined ? '' : `- ${text(undoText(event))}`,
    event.level === 'type' && event.phrase !== undefined
      ? `- Confirmation: type ${code(event.phrase)}`
      : '- Confirmation: press a key',
  ];
  return facts.filter((fact) => fact !== '').join('\n');
}

/** Rows that are as before are only counted. */
function againBlocks(
  before: GateRecord['opened']['event']['preview'],
  now: GateRecord['opened']['event']['preview'],
  times: RunTimes,
): readonly string[] {
  if (now === undefined) return [];
  if (before === undefined || !isSame(before.rows, now.rows)) return previewBlocks(now, times);
  return [`The same ${counted(now.rows.length, 'row')}, read ${times.at(now.at)}.`];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function changesBlocks(gate: GateRecord['opened']['event']): readonly string[] {
  const { changes, preview } = gate;
  const differ = changes === undefined ? [] : changesTexts(changes, preview?.columns ?? []);
  const texts = [...differ, ...leftOutTexts(gate)];
  if (texts.length === 0) return [];
  return [texts.map((change) => `- ${text(change)}`).join('\n')];
}

/** Describes the operator's answer to a gate; `brief` omits the digest. */
export function answerText(
  answer: GateRecord['answers'][number]['event'],
  { brief = false }: { readonly brief?: boolean } = {},
): string {
  const { operator, phrase, previewAgeMs, reason } = answer;
  const who = text(operator);
  const typed = phrase === undefined ? '' : `, typed ${code(phrase)}`;
  const age =
    previewAgeMs === undefined ? '' : `, rows read ${formatDuration(previewAgeMs)} before`;
  const why = reason === undefined || reason === '' ? '' : `: ${text(reason)}`;
  switch (answer.answer) {
    case 'confirmed':
      return `**${who} confirmed**${brief ? '' : ` ${code(answer.digest)}`}${typed}${age}`;
    case 'declined':
      return `**${who} declined**${why}`;
    case 'left-out':
      return `${who} ${leavingOutText({ rows: [], ...answer })}`;
    case 'refresh':
      return `${who} refreshed the preview`;
    case 'simulated':
      return `${who} continued the dry run${age}: nothing was run`;
    case 'refused':
      return `the answer of ${who} was **refused**${why}${typed}${age}`;
  }
}

/** Returns that a gate was not answered; a dry run may proceed without an answer. */
export function unansweredText({ simulated }: GateRecord['opened']['event']): string {
  return simulated === true ? 'Not asked: a dry run changes nothing.' : 'Not answered.';
}

function previewBlocks(
  preview: GateRecord['opened']['event']['preview'],
  times: RunTimes,
): readonly string[] {
  if (preview === undefined) return [];
  const pinned = counted(preview.rows.length, 'pinned row');
  // The rows of an undo are those of its change, and do not expire.
  const isOfChange = preview.freshForMs === Number.MAX_SAFE_INTEGER;
  const fresh = isOfChange
    ? 'before the change'
    : `valid for ${formatDuration(preview.freshForMs)}`;
  const table = rowsTable(preview.columns, preview.rows);
  return [
    `${pinned}, read ${times.at(preview.at)}, ${fresh}:`,
    ...(table === '' ? [] : [table]),
    ...missingColumnsTexts(preview).map(text),
  ];
}
