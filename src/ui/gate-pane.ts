import { counted, EFFECT_WORD, itemText } from '../events/phrases.ts';
import type { GateView, RunView } from '../events/view.ts';
import { boxed } from './box.ts';
import { codeLines, packedValues } from './command.ts';
import {
  BAD,
  BLANK,
  BOLD,
  DIM,
  GOOD,
  type Line,
  line,
  lineWidth,
  rule,
  type Span,
  type Style,
  span,
  WARN,
  wrapped,
} from './line.ts';
import { fitPane, type Pane, scrollLimit } from './pane.ts';
import { tableLines } from './table.ts';
import { inputLine, type TextInput } from './text-input.ts';

const GOOD_BOLD: Style = { ...GOOD, bold: true };

/** More lines of values than this stand below the rows. */
const SHORT_VALUES = 2;

/** A gate lower than this says how it is undone in its details only. */
const LOW = 14;

/** What the gate needs besides the view. */
export type GateState = {
  readonly input: TextInput;
  readonly scroll: number;
  /** What the last key said, e.g. that the phrase is another one. */
  readonly notice: string | undefined;
  readonly now: number;
  /** False while something else is typed, e.g. a note. */
  readonly isFocused: boolean;
};

/** Returns the gate in its frame, exactly `height` lines. */
export function gateLines(
  view: RunView,
  gate: GateView,
  width: number,
  height: number,
  state: GateState,
): readonly Line[] {
  const pane = gatePane(view, gate, width - 4, state, height);
  const style: Style = gate.effect === 'destructive' ? BAD : WARN;
  const needed = pane.head.length + pane.body.length + pane.foot.length;
  const inside = Math.max(1, Math.min(needed, height - 2));
  const box = boxed(fitPane(pane, inside, state.scroll), width, {
    style,
    heavy: gate.effect === 'destructive',
    title: span(` ${EFFECT_WORD[gate.effect]} `, { ...style, bold: true, inverse: true }),
    note: `${gate.operator} on ${gate.action.where}`,
  });
  return [...box, ...Array.from({ length: Math.max(0, height - box.length) }, () => BLANK)];
}

/** Returns how far the middle of the gate can be scrolled. */
export function gateScrollLimit(
  view: RunView,
  gate: GateView,
  width: number,
  height: number,
  state: GateState,
): number {
  return scrollLimit(gatePane(view, gate, width - 4, state, height), Math.max(1, height - 2));
}

function gatePane(
  view: RunView,
  gate: GateView,
  width: number,
  state: GateState,
  height: number,
): Pane {
  // Where it is low, what will run and what to beware of are more than how it could be undone.
  const isLow = height < LOW;
  return {
    head: [
      line(gate.part === 'undo' ? `Undo: ${gate.title}` : gate.title, BOLD),
      ...(gate.item === undefined ? [] : wrapped(itemText(gate.item), width)),
    ],
    body: actionLines(gate, width),
    foot: [
      ...(isLow ? [] : [rule(width)]),
      ...ageLines(view, gate, width, state.now),
      ...(gate.undo === undefined || isLow ? [] : wrapped(`undo: ${gate.undo}`, width, DIM)),
      ...(gate.warning === undefined
        ? []
        : wrapped(`! ${gate.warning}`, width, { color: 'yellow', bold: true })),
      ...answerLines(view, gate, width, state),
    ],
  };
}

/** The statement with its values, and the rows it hits: first what is short enough to see both. */
function actionLines(gate: GateView, width: number): readonly Line[] {
  const values = packedValues(gate.action, width);
  const rows =
    gate.preview === undefined ? [] : tableLines(gate.preview, width, Number.POSITIVE_INFINITY);
  const parts = values.length <= SHORT_VALUES ? [values, rows] : [rows, values];
  return [
    ...codeLines(gate.action, width),
    ...parts.flatMap((part) => (part === rows && part.length > 0 ? [BLANK, ...part] : part)),
  ];
}

/** How old the pinned rows are, counting up. */
function ageLines(view: RunView, gate: GateView, width: number, now: number): readonly Line[] {
  const { preview } = gate;
  if (preview === undefined) {
    const refused =
      gate.refused === undefined ? [] : wrapped(`asked again: ${gate.refused}`, width, WARN);
    return [line('nothing is pinned: it has no preview', DIM), ...refused];
  }
  const rows = counted(preview.rows.length, 'row');
  if (view.awaited?.for !== 'gate') return [line(`${rows} · reading them again …`, WARN)];
  const age = Math.max(0, Math.floor((now - Date.parse(preview.at)) / 1000));
  const limit = Math.floor(preview.freshForMs / 1000);
  const isStale = age > limit;
  const pinned: Span = span(`${rows} pinned`, BOLD);
  const text = isStale
    ? ` · read ${age} s ago, too old: will be read again`
    : ` · read ${age} s ago, good for ${limit} s`;
  const lines: Line[] = [[pinned, span(text, isStale ? WARN : DIM)]];
  if (gate.refused !== undefined)
    lines.push(...wrapped(`asked again: ${gate.refused}`, width, WARN));
  return lines;
}

function answerLines(
  view: RunView,
  gate: GateView,
  width: number,
  state: GateState,
): readonly Line[] {
  if (view.awaited?.for !== 'gate' || view.awaited.can.length === 0) return [];
  const notice = state.notice === undefined ? [] : wrapped(state.notice, width, BAD);
  if (gate.level === 'key') {
    const yes = gate.simulated === true ? ' go on, a dry run: nothing is run   ' : ' run it   ';
    const keys: Line = [span('y', GOOD), span(yes), span('Esc', GOOD), span(' do not')];
    return [...notice, keys];
  }
  const ask = [span('Type '), span(gate.phrase ?? '', GOOD_BOLD), span(' to run it: ')];
  const focus = { focused: state.isFocused };
  return lineWidth(ask) + 12 > width
    ? [...notice, ask, inputLine(line('> '), state.input, width, focus)]
    : [...notice, inputLine(ask, state.input, width, focus)];
}
