import type { RunView } from '#events/view/run-view.ts';
import { widthOf } from '#text/width.ts';
import { isOfBurst, SEVERAL_KEYS } from '../keys/burst.ts';
import { type Motion, motionOf, movedBy } from '../keys/motion.ts';
import { openSearch, showDetails } from '../keys/open-overlay.ts';
import { press } from '../keys/press.ts';
import type { PressContext, Pressed, ScreenState } from '../keys/screen-state.ts';
import type { Key } from '../terminal/key.ts';
import { drawFrame, type Frame, type FrameInput } from './frame.ts';
import { type Hint, hintLine } from './hint-line.ts';

const UNKNOWN_KEY = 'no such key';

/** The width of the last two keys and the spaces around the note. */
const KEYS_WIDTH = 22;

/** Draws a run that someone else operates: the same frame, with the keys of a watcher. Pure. */
export function drawWatched(input: FrameInput): Frame {
  const view = withoutAnswers(input.view);
  const { notice, ...state } = input.state;
  if (state.overlay !== undefined) return drawFrame({ ...input, view });
  const frame = drawFrame({ ...input, view, state: { ...state, notice: undefined } });
  const said = notice === undefined ? '' : ` · ${notice}`;
  const note = noteOf(view, input.columns - widthOf(said)) + said;
  const keys = hintLine(hintsOf(frame), input.columns, note);
  return { ...frame, lines: frame.lines.with(-1, keys) };
}

/** Handles a key of a watcher: it displays, scrolls or leaves, and never sends an intent. */
export function pressWatched(before: ScreenState, key: Key, context: PressContext): Pressed {
  const state: ScreenState = { ...before, notice: undefined };
  if (state.overlay !== undefined || isSuspend(key)) return looking(press(state, key, context));
  if (isOfBurst(key, context, state.burstAt))
    return { state: { ...state, notice: SEVERAL_KEYS, burstAt: context.now }, effects: [] };
  const motion = motionOf(key, context.page, { letters: true });
  if (motion !== undefined) return { state: scrolled(state, motion, context), effects: [] };
  if (isLeave(key)) return { state, effects: [{ type: 'exit' }] };
  // Ctrl-O and Tab also display where a letter would be part of an answer.
  if (isLetter(key, 'o')) return looking(press(state, { name: 'ctrl', letter: 'o' }, context));
  if (isLetter(key, 'd')) return looking(showDetails(state, context.view));
  if (isLetter(key, '/'))
    return looking(openSearch(state, context.view, context.live, context.columns));
  return { state: { ...state, notice: UNKNOWN_KEY }, effects: [] };
}

/** Removes the answers, which a watcher cannot give. */
function withoutAnswers(view: RunView): RunView {
  const { awaited } = view;
  return awaited === undefined ? view : { ...view, awaited: { ...awaited, can: [] } };
}

/** In a narrow terminal, "read-only" takes precedence over the operator's name. */
function noteOf({ status, operator, ofTeam }: RunView, columns: number): string {
  const doing = status === 'waiting' ? 'is asked' : 'is running it';
  const whole = ofTeam
    ? 'read-only · your role may only watch'
    : `read-only · ${operator} ${doing}`;
  const isShort = status === 'finished' || widthOf(whole) + KEYS_WIDTH > columns;
  return isShort ? 'read-only' : whole;
}

function hintsOf({ scrollLimit }: Frame): readonly Hint[] {
  const scrolls: readonly Hint[] = scrollLimit > 0 ? [['↑↓', 'scroll']] : [];
  return [...scrolls, ['o', 'output'], ['/', 'search'], ['d', 'details'], ['q', 'leave']];
}

function looking({ state, effects }: Pressed): Pressed {
  return { state, effects: effects.filter(({ type }) => type !== 'send') };
}

function isSuspend(key: Key): boolean {
  return key.name === 'ctrl' && key.letter === 'z';
}

function isLeave(key: Key): boolean {
  return (key.name === 'ctrl' && key.letter === 'c') || isLetter(key, 'q');
}

function isLetter(key: Key, letter: string): boolean {
  return key.name === 'text' && key.text === letter;
}

function scrolled(
  state: ScreenState,
  motion: Motion,
  { scrollLimit, view }: PressContext,
): ScreenState {
  if (view.status !== 'running')
    return { ...state, scroll: movedBy(motion, state.scroll, scrollLimit) };
  // A tail scrolls away from its end, so the same key moves in the other direction.
  const fromEnd = movedBy(motion, scrollLimit - Math.min(state.scroll, scrollLimit), scrollLimit);
  return { ...state, scroll: scrollLimit - fromEnd };
}
