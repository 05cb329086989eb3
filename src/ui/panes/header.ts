import { runbooksAround } from '#events/view/place-in-run.ts';
import type { RunView } from '#events/view/run-view.ts';
import { elapsedMs } from '#events/wording/phrases.ts';
import { clock } from '#text/duration.ts';
import { cutTo, widthOf } from '#text/width.ts';
import {
  BAD,
  BOLD,
  DIM,
  GOOD,
  type Line,
  lineWidth,
  type Span,
  span,
  spread,
  WARN,
} from '../draw/line.ts';
import { cutHost, targetTexts } from './target-text.ts';

/** The minimum width of the title while the target can still be shortened. */
const SHORT_TITLE = 16;
/** The width below which a title is useless. */
const SHORTEST_TITLE = 6;

/**
 * Returns the header: the runbook, its target, dry run or not, and its start. In a narrow terminal
 * engine, host and database of the target are truncated last.
 */
export function headerLine(view: RunView, width: number, now: number): Line {
  const texts = targetTexts(view);
  const shortest = widthOf(texts.at(-1) ?? '');
  const modes = modeSigns(view);
  const time = span(` ${clock(elapsedMs(view, now))} `);
  // The time can be omitted; the target of changes and the mode cannot.
  const rights = [[...modes, time, recording(view)], [...modes, time], modes];
  const isRoomy = (right: Line) => shortest + SHORTEST_TITLE + lineWidth(right) + 4 <= width;
  const right = rights.find(isRoomy) ?? modes;
  const room = width - lineWidth(right) - 4;
  const [longest = ''] = texts;
  const reserved = view.reserved.length > 0 ? ' · reserved slot' : '';
  const isAllSaid = widthOf(longest) + widthOf(reserved) + SHORT_TITLE <= room;
  const target =
    texts.find((text) => widthOf(text) + SHORT_TITLE <= room) ??
    texts.find((text) => widthOf(text) <= room) ??
    cutHost(texts.at(-1) ?? '', room + 2);
  const titleRoom = room - widthOf(target) - (isAllSaid ? widthOf(reserved) : 0);
  const title = titleText(view, titleRoom);
  const left: Line = [
    ...(title === '' ? [] : [span(` ${title}`, BOLD), span(' ')]),
    span(` ${target}`),
    ...(isAllSaid ? [span(reserved, WARN)] : []),
  ];
  return spread(left, right, width);
}

function modeSigns(view: RunView): Line {
  return [
    ...(view.environment === undefined ? [] : [span(`${view.environment} `, BOLD)]),
    mode(view),
    ...(isStepwise(view) ? [span(' STEP ', { inverse: true })] : []),
  ];
}

/**
 * Returns the runbook's title. Inside another runbook its path comes first, and is truncated first.
 */
function titleText(view: RunView, room: number): string {
  if (room < SHORTEST_TITLE) return '';
  const titles = runbooksAround(view);
  const whole = titles.join(' › ');
  if (widthOf(whole) <= room || titles.length === 1) return cutTo(whole, room);
  const last = titles.at(-1) ?? '';
  const rest = room - widthOf(last) - 3;
  return rest < 4 ? cutTo(`› ${last}`, room) : `${cutTo(whole, rest)} › ${last}`;
}

/** Reads run by themselves unless the operator wants every step to wait. */
function isStepwise({ auto, begun, status }: RunView): boolean {
  return !auto && begun === true && status !== 'finished';
}

function mode(view: RunView): Span {
  return view.mode === 'live'
    ? span(' LIVE ', { ...BAD, bold: true, inverse: true })
    : span(' DRY RUN ', { bold: true, inverse: true });
}

function recording(view: RunView): Span {
  if (view.status === 'finished') return span(' ■ over ', DIM);
  return span(' ● rec ', GOOD);
}
