import { answerText } from '#events/telling/answer.ts';
import { type Block, type Item, list, rowsBlocks } from '#events/telling/block.ts';
import { actionBlocks } from '#events/telling/result.ts';
import { code, type Part, say } from '#events/telling/say.ts';
import { gateEndText, gateItemText, undoText } from '#events/wording/phrases.ts';
import { changesTexts, leftOutTexts, missingColumnsTexts } from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import type { GateRecord } from '../actions.ts';
import type { RunTimes } from '../time.ts';

/**
 * Returns the complete content of a gate and every answer it received. Of one that was asked again,
 * only what differs from the gate before it.
 */
export function gateBlocks(
  { opened, answers }: GateRecord,
  times: RunTimes,
  before?: GateRecord['opened']['event'],
): readonly Block[] {
  const { event } = opened;
  const asked = event.operator === undefined ? '' : ` ${event.operator}`;
  const answered = answers.map(
    ({ at, event: answer }): Item => ({ at: times.at(at), said: answerText(answer) }),
  );
  const said = answered.length === 0 ? unansweredText(event) : list(answered);
  if (before !== undefined && isSame(before.action, event.action))
    return [
      say`${times.at(opened.at)} · the gate asked${asked} again${event.digest === before.digest ? '' : say`, now ${code(event.digest)}`}:`,
      ...changesBlocks(event),
      ...againBlocks(before.preview, event.preview, times),
      said,
    ];
  const which = `the gate${event.part === 'undo' ? ' of the undo' : ''}`;
  const showed = asked === '' ? `${which} was opened` : `${which} showed${asked}`;
  return [
    say`${times.at(opened.at)} · ${showed}${event.simulated === true ? ' (dry run)' : ''}:`,
    ...actionBlocks(event.action),
    list(factsOf(event)),
    ...changesBlocks(event),
    ...previewBlocks(event.preview, times),
    said,
  ];
}

function factsOf(event: GateRecord['opened']['event']): readonly Part[] {
  const items = gateItemText(event);
  const end = gateEndText(event);
  const facts: readonly Part[] = [
    items === undefined ? '' : `For ${items}`,
    end === undefined ? '' : `Final step: ${end}`,
    `Effect: ${event.effect}. Where: ${event.action.where}`,
    say`Digest: ${code(event.digest)}`,
    event.warning === undefined ? '' : `Warning: ${event.warning}`,
    event.notRead === undefined ? '' : `Not proven read-only: ${event.notRead}`,
    event.undo === undefined ? '' : undoText(event),
    event.level === 'type' && event.phrase !== undefined
      ? say`Confirmation: type ${code(event.phrase)}`
      : 'Confirmation: press a key',
  ];
  return facts.filter((fact) => fact !== '');
}

/** Rows that are as before are only counted. */
function againBlocks(
  before: GateRecord['opened']['event']['preview'],
  now: GateRecord['opened']['event']['preview'],
  times: RunTimes,
): readonly Block[] {
  if (now === undefined) return [];
  if (before === undefined || !isSame(before.rows, now.rows)) return previewBlocks(now, times);
  return [say`The same ${counted(now.rows.length, 'row')}, read ${times.at(now.at)}.`];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function changesBlocks(gate: GateRecord['opened']['event']): readonly Block[] {
  const { changes, preview } = gate;
  const differ = changes === undefined ? [] : changesTexts(changes, preview?.columns ?? []);
  const texts = [...differ, ...leftOutTexts(gate)];
  return texts.length === 0 ? [] : [list(texts)];
}

/** Returns that a gate was not answered; a dry run may proceed without an answer. */
export function unansweredText({ simulated }: GateRecord['opened']['event']): string {
  return simulated === true ? 'Not asked: a dry run changes nothing.' : 'Not answered.';
}

function previewBlocks(
  preview: GateRecord['opened']['event']['preview'],
  times: RunTimes,
): readonly Block[] {
  if (preview === undefined) return [];
  const pinned = counted(preview.rows.length, 'pinned row');
  // The rows of an undo are those of its change, and do not expire.
  const isOfChange = preview.freshForMs === Number.MAX_SAFE_INTEGER;
  const fresh = isOfChange
    ? 'before the change'
    : `valid for ${formatDuration(preview.freshForMs)}`;
  return [
    say`${pinned}, read ${times.at(preview.at)}, ${fresh}:`,
    ...rowsBlocks(preview.columns, preview.rows),
    ...missingColumnsTexts(preview),
  ];
}
