import type { LiveOutput } from '#events/log/live.ts';
import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import { bodyHeight, fitsGate, gateTakesAll, type Layout, layoutFor } from '../draw/layout.ts';
import { cutLine, DIM, fillLine, type Line, line, span, wrapped } from '../draw/line.ts';
import { fitPane, type Pane, scrollLimit } from '../draw/pane.ts';
import type { Overlay, ScreenState } from '../keys/screen-state.ts';
import { saidPane, targetPane } from '../overlays/command.ts';
import { editPane, jumpPane, pagerLines, undoPane } from '../overlays/pane.ts';
import { finishedPane } from './finished.ts';
import { footerLines } from './footer.ts';
import { gatePicture, tooSmallLines } from './gate.ts';
import { headerLine } from './header.ts';
import { openingPane } from './opening.ts';
import { pathAbove, pathLines } from './path.ts';
import { answerPane, decisionPane, manualPane } from './question.ts';
import { runningPane } from './running.ts';
import { startPane } from './start.ts';
import { troublePane } from './trouble.ts';

/** The overlays that take the place of a gate. */
const CHOOSING: readonly (Overlay['kind'] | undefined)[] = ['jump', 'edit', 'target'];

/** The overlays that take the place of a question. */
const TAKES_PANE: typeof CHOOSING = [...CHOOSING, 'undo'];

/** The input of a frame. */
export type FrameInput = {
  readonly view: RunView;
  readonly state: ScreenState;
  /** The output so far of running actions, each with its step or item. */
  readonly live: readonly LiveOutput[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly columns: number;
  readonly rows: number;
  /** The last finished run of the runbook, for the opening page. */
  readonly lastRun?: string | undefined;
};

/** A frame that fits the terminal, with the measures that keys need. */
export type Frame = {
  /** At most `rows` lines, each at most `columns` wide. */
  readonly lines: readonly Line[];
  /** The scroll limit; `Infinity` if the terminal is too small to show the end at all. */
  readonly scrollLimit: number;
  /** The displayed scroll position. */
  readonly shownScroll: number;
  readonly page: number;
  readonly pagerWidth: number;
};

/** Draws the run. Pure: the same input yields the same frame. */
export function drawFrame(input: FrameInput): Frame {
  const { view, state, now, columns, rows } = input;
  const layout = layoutFor(columns, rows);
  // Whether the body can scroll affects one key hint, never the height of the footer.
  const footerHeight = footerLines(view, state, columns, false).length;
  const height = bodyHeight(layout, footerHeight);
  const body = drawBody(input, layout, height);
  const canScroll = body.scrollLimit > 0 && Number.isFinite(body.scrollLimit);
  const footer = footerLines(view, state, columns, canScroll);
  const lines = [
    headerLine(view, columns, now),
    ...(layout.ruled ? [horizontal(layout, body.isSplit, '┬')] : []),
    ...body.lines,
    ...(layout.ruled ? [horizontal(layout, body.isSplit, '┴')] : []),
    ...footer,
  ];
  return {
    lines: lines.slice(0, rows).map((one) => cutLine(one, columns)),
    scrollLimit: body.scrollLimit,
    shownScroll: Math.min(state.scroll, body.scrollLimit),
    page: body.page ?? Math.max(1, height - 1),
    pagerWidth: Math.max(1, columns - 2),
  };
}

type Body = {
  readonly lines: readonly Line[];
  readonly scrollLimit: number;
  readonly isSplit: boolean;
  /** The number of lines that a page key scrolls; by default those of the body. */
  readonly page?: number | undefined;
};

function drawBody(input: FrameInput, layout: Layout, height: number): Body {
  const { view, state, columns } = input;
  const { overlay } = state;
  if (overlay?.kind === 'pager') {
    return whole(pagerLines(overlay, columns - 2, height), 0);
  }
  if (overlay?.kind === 'said')
    return scrolled(saidPane(view, overlay, columns - 2, height), height, overlay.scroll);
  const { gate } = view;
  const opens = isOpening(view) && !CHOOSING.includes(overlay?.kind);
  const isListed =
    !opens &&
    layout.kind === 'split' &&
    view.status !== 'finished' &&
    !(gate !== undefined && gateTakesAll(layout));
  const width = isListed ? layout.paneWidth : Math.max(1, columns - 2);
  const { lines, limit, page } = drawPane(input, width, height, isListed);
  if (!isListed) return { ...whole(lines, limit), page };
  const list = pathLines(view, layout.listWidth - 2, height).map((one) => [span(' '), ...one]);
  return {
    lines: lines.map((right, index) => {
      return [...fillLine(list[index] ?? [], layout.listWidth), span('│ ', DIM), ...right];
    }),
    scrollLimit: limit,
    isSplit: true,
    page,
  };
}

function scrolled(pane: Pane, height: number, scroll: number): Body {
  return whole(fitPane(pane, height, scroll), scrollLimit(pane, height));
}

function whole(lines: readonly Line[], limit: number): Body {
  return { lines: lines.map((one) => [span(' '), ...one]), scrollLimit: limit, isSplit: false };
}

function drawPane(
  input: FrameInput,
  width: number,
  height: number,
  isListed: boolean,
): { readonly lines: readonly Line[]; readonly limit: number; readonly page?: number } {
  const { view, state, now, columns, rows } = input;
  const { gate } = view;
  const isFree = !CHOOSING.includes(state.overlay?.kind);
  if (gate !== undefined && isFree) {
    const { input: phrase, scroll, notice, overlay, seenGate } = state;
    if (!fitsGate({ columns, rows }))
      return { lines: tooSmallLines(gate, width, height, notice), limit: Infinity };
    const isFocused = overlay === undefined;
    const picture = gatePicture(view, gate, width, height, {
      ...{ input: phrase, scroll, notice, now, isFocused, seenGate },
    });
    return { lines: picture.lines, limit: picture.scrollLimit, page: picture.page };
  }
  const own = paneFor(input, width, height, isListed);
  const pane = isListed ? own : withPath(own, input, width, height);
  return { lines: fitPane(pane, height, state.scroll), limit: scrollLimit(pane, height) };
}

/** Returns the pane with the path of the run above it, in the lines that it leaves free. */
function withPath(pane: Pane, { view, state }: FrameInput, width: number, height: number): Pane {
  const isHidden = TAKES_PANE.includes(state.overlay?.kind);
  if (view.status !== 'waiting' || isHidden || view.path.length < 2) return pane;
  const used = pane.head.length + pane.body.length + pane.foot.length;
  return { ...pane, head: [...pathAbove(view, width, height - used), ...pane.head] };
}

function paneFor(input: FrameInput, width: number, height: number, isListed: boolean): Pane {
  const { view, state, now, live } = input;
  const { overlay } = state;
  if (overlay?.kind === 'jump') return jumpPane(view, overlay, width, height);
  if (overlay?.kind === 'undo') return undoPane(view, overlay, width, height);
  if (overlay?.kind === 'edit')
    return editPane(overlay, state.notice, { width, opens: isOpening(view) });
  if (overlay?.kind === 'target') return targetPane(view, overlay, width, height);
  switch (view.status) {
    case 'finished':
      return finishedPane(view, width);
    case 'paused':
      return { head: [], body: wrapped(view.paused?.reason ?? 'paused', width), foot: [] };
    case 'running':
      return runningPane(view, width, height, now, live, isListed);
    case 'waiting':
      if (isOpening(view)) return openingPane(view, width, input.lastRun);
      return waitingPane(input, width, height, isListed);
  }
}

function waitingPane(
  { view, state }: FrameInput,
  width: number,
  height: number,
  isListed: boolean,
): Pane {
  const { awaited } = view;
  if (awaited === undefined) return { head: [], body: [line('waiting …', DIM)], foot: [] };
  switch (awaited.for) {
    case 'start':
      return startPane(view, awaited, width, height, isListed);
    case 'answer':
      return answerPane(view, awaited, width, {
        ...state,
        isTyping: state.isTyping && state.overlay === undefined,
      });
    case 'report':
      return manualPane(view, awaited, width, isListed);
    case 'decision':
      return decisionPane(view, awaited, width, height);
    default:
      return troublePane(view, awaited, width, height);
  }
}

function horizontal(layout: Layout, isSplit: boolean, join: string): Line {
  if (!isSplit) return line('─'.repeat(layout.columns), DIM);
  const rest = layout.columns - layout.listWidth - 1;
  return line(`${'─'.repeat(layout.listWidth)}${join}${'─'.repeat(Math.max(0, rest))}`, DIM);
}
