import { answerText } from '#events/telling/answer.ts';
import { type Block, type Item, list } from '#events/telling/block.ts';
import { type GateTold, previewBlocks, tellGate } from '#events/telling/gate.ts';
import { actionBlocks } from '#events/telling/result.ts';
import { code, type Part, say } from '#events/telling/say.ts';
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
  const told = tellGate(event);
  const news = told.news.length === 0 ? [] : [list(told.news)];
  const asked = event.operator === undefined ? '' : ` ${event.operator}`;
  const answered = answers.map(
    ({ at, event: answer }): Item => ({ at: times.at(at), said: answerText(answer) }),
  );
  const said = answered.length === 0 ? unansweredText(event) : list(answered);
  if (before !== undefined && isSame(before.action, event.action))
    return [
      say`${times.at(opened.at)} · the gate asked${asked} again${event.digest === before.digest ? '' : say`, now ${code(event.digest)}`}:`,
      ...news,
      ...(isSame(before.preview?.rows, event.preview?.rows)
        ? sameRows(event, times)
        : shownRows(event, told, times)),
      said,
    ];
  const which = `the gate${event.part === 'undo' ? ' of the undo' : ''}`;
  const showed = asked === '' ? `${which} was opened` : `${which} showed${asked}`;
  return [
    say`${times.at(opened.at)} · ${showed}${event.simulated === true ? ' (dry run)' : ''}:`,
    ...actionBlocks(event.action, told.around),
    list(factsOf(event, told)),
    ...news,
    ...shownRows(event, told, times),
    said,
  ];
}

function factsOf(
  event: GateRecord['opened']['event'],
  { place, undo, warnings }: GateTold,
): readonly Part[] {
  return [
    ...place,
    `Effect: ${event.effect}. Where: ${event.action.where}`,
    say`Digest: ${code(event.digest)}`,
    ...warnings.map(({ name, text }) => `${name}: ${text}`),
    ...(undo === undefined ? [] : [undo]),
    event.level === 'type' && event.phrase !== undefined
      ? say`Confirmation: type ${code(event.phrase)}`
      : 'Confirmation: press a key',
  ];
}

/** Rows that are as before are only counted. */
function sameRows({ preview }: GateRecord['opened']['event'], times: RunTimes): readonly Block[] {
  if (preview === undefined) return [];
  return [say`The same ${counted(preview.rows.length, 'row')}, read ${times.at(preview.at)}.`];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Returns that a gate was not answered; a dry run may proceed without an answer. */
export function unansweredText({ simulated }: GateRecord['opened']['event']): string {
  return simulated === true ? 'Not asked: a dry run changes nothing.' : 'Not answered.';
}

function shownRows(
  { action, part, preview }: GateRecord['opened']['event'],
  { rows }: GateTold,
  times: RunTimes,
): readonly Block[] {
  if (preview === undefined || rows === undefined) return [];
  const fresh =
    part === 'undo' ? 'before the change' : `valid for ${formatDuration(preview.freshForMs)}`;
  return [
    say`${rows.ahead}, read ${times.at(preview.at)}, ${fresh}:`,
    ...previewBlocks(action, preview),
    ...rows.notes,
  ];
}
