import { counted } from '#text/count.ts';
import { wrapTo } from '#text/width.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  DIM,
  type Line,
  limited,
  line,
  rule,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';
import type { Offer } from './page.ts';
import type { ErrorBox } from './state.ts';

/** The number of lines shown from the end of the text. */
const SHOWN_LINES = 5;

/** Returns the box with the end of its text, and the suggested runbooks. */
export function boxPane(box: ErrorBox, width: number): Pane {
  return { head: textLines(box, width), body: foundLines(box, width), foot: [] };
}

/** Only the text that classification returned, without secrets, is drawn. */
function textLines({ text, found }: ErrorBox, width: number): readonly Line[] {
  const isEmpty = text.trim() === '';
  const shown = isEmpty ? [] : (found?.finding.shown ?? []);
  const lines = shown.flatMap((one) => wrapTo(one, Math.max(1, width - 3))).slice(-SHOWN_LINES);
  const drawn = lines.map(
    (one, index): Line => [
      span('│ ', DIM),
      span(one),
      ...(index === lines.length - 1 ? [span('▏', ACCENT)] : []),
    ],
  );
  const waiting = isEmpty ? 'paste an error, or lines of a log' : 'reading …';
  return [
    line('Which error?', BOLD),
    ...(drawn.length > 0 ? drawn : [[span('│ ', DIM), span('▏', ACCENT), span(waiting, DIM)]]),
    BLANK,
  ];
}

function foundLines({ text, found, cursor }: ErrorBox, width: number): readonly Line[] {
  if (found === undefined || text.trim() === '') return [];
  const { offers, records } = found.finding;
  if (offers.length === 0)
    return wrapped(
      `No known database error in ${counted(records, 'record')}. Esc returns to the list, where you can search; triage finds the layer that fails.`,
      width,
      WARN,
    );
  return [
    rule(
      width,
      offers.length === 1 ? 'Suggested runbook' : 'Suggested runbooks, most likely first',
    ),
    ...offers.flatMap((offer, index) => offerLines(offer, index === cursor, width)),
  ];
}

function offerLines(offer: Offer, isOn: boolean, width: number): readonly Line[] {
  const { runbook, isHere, title, evidence, why } = offer;
  return [
    [
      span(isOn ? ' ▸ ' : '   ', ACCENT),
      span(runbook, isOn ? BOLD : {}),
      span(`  ${title}`),
      ...(isHere ? [] : [span('  not installed', WARN)]),
    ],
    ...(evidence === '' ? [] : limited(wrapped(evidence, width, {}, '     │ '), 2)),
    ...(why === '' ? [] : limited(wrapped(why, width, DIM, '     '), 2)),
  ];
}
