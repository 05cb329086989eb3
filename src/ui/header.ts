import { clock, elapsedMs } from '../events/phrases.ts';
import { cutTo, widthOf } from '../events/text-width.ts';
import type { RunView } from '../events/view.ts';
import { BOLD, DIM, GOOD, type Line, lineWidth, type Span, span, spread, WARN } from './line.ts';

const SHORTEST_TITLE = 16;

/** Returns the top line: which runbook, on what, live or not, since when. */
export function headerLine(view: RunView, width: number, now: number): Line {
  const right = [
    ...(view.environment === undefined ? [] : [span(`${view.environment} `, BOLD)]),
    mode(view),
    ...(view.auto ? [span(' AUTO ', { inverse: true })] : []),
    span(` ${clock(elapsedMs(view, now))} `),
    recording(view),
  ];
  const target = targetText(view);
  const reserved = view.reserved.length > 0 ? ' · reserved slot' : '';
  const room = width - lineWidth(right) - 4 - widthOf(target);
  const fits = room - widthOf(reserved) >= SHORTEST_TITLE;
  // Where the run acts, and on what kind of connection, matters more than what it is called.
  const titleRoom = Math.max(SHORTEST_TITLE, fits ? room - widthOf(reserved) : room);
  const left: Line = [
    span(` ${cutTo(view.runbook.title, titleRoom)}`, BOLD),
    span(`  ${target}`, DIM),
    ...(fits ? [span(reserved, WARN)] : []),
  ];
  return spread(left, right, width);
}

function mode(view: RunView): Span {
  return view.mode === 'live'
    ? span(' LIVE ', { color: 'red', bold: true, inverse: true })
    : span(' DRY RUN ', { color: 'cyan', bold: true, inverse: true });
}

function recording(view: RunView): Span {
  if (view.status === 'finished') return span(' ■ over ', DIM);
  return span(' ● rec ', GOOD);
}

function targetText(view: RunView): string {
  const entries = Object.entries(view.targets);
  if (entries.length === 1) return entries.map(([, description]) => description).join('');
  return entries.map(([name, description]) => `${name} ${description}`).join(' · ');
}
