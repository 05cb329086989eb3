import { blockLines, linesWith } from '../draw/block.ts';
import type { Key } from '../terminal/key.ts';
import { motionOf, movedBy } from './motion.ts';
import {
  type Overlay,
  type PressContext,
  type Pressed,
  type ScreenState,
  unknownKey,
} from './screen-state.ts';
import { EMPTY_INPUT, edit, textOf } from './text-input.ts';

type Pager = Extract<Overlay, { readonly kind: 'pager' }>;

/** Handles a key in the pager: scroll, search, close. */
export function pressPager(
  state: ScreenState,
  pager: Pager,
  key: Key,
  context: PressContext,
): Pressed {
  const { search } = pager;
  if (search !== undefined) return pressSearching(state, pager, search, key, context);
  const to = (scroll: number) => only(state, { ...pager, scroll });
  const limit = limitOf(pager, context);
  const motion = motionOf(key, context.page, { letters: true });
  if (motion !== undefined) return to(movedBy(motion, pager.scroll, limit));
  if (key.name === 'left' || key.name === 'right') return sideways(state, pager, key.name);
  if (key.name === 'escape' || key.name === 'enter' || key.name === 'tab')
    return only(state, undefined);
  return key.name === 'text' ? pressLetter(state, pager, key.text, context) : unknownKey(state);
}

function pressLetter(
  state: ScreenState,
  pager: Pager,
  letter: string,
  context: PressContext,
): Pressed {
  switch (letter) {
    case 't':
      return only(state, pager.left === undefined ? { ...pager, left: 0 } : upright(pager));
    case '/':
      return only(state, { ...pager, search: EMPTY_INPUT });
    case 'n':
      return find(state, pager, context, (hits, at) => hits.find((hit) => hit > at) ?? hits[0]);
    case 'N':
      return find(
        state,
        pager,
        context,
        (hits, at) => hits.findLast((hit) => hit < at) ?? hits.at(-1),
      );
    case 'q':
    case 'o':
    case 'd':
    case '?':
      return only(state, undefined);
    default:
      return unknownKey(state);
  }
}

/** Lines shown above a match. */
const BEFORE_HIT = 2;

/** Columns that an arrow key scrolls a wide table by. */
const SIDEWAYS = 16;

/** Scrolling sideways draws tables at full width; it stops at their left edge. */
function sideways(state: ScreenState, pager: Pager, to: 'left' | 'right'): Pressed {
  const { left = 0 } = pager;
  return only(state, {
    ...pager,
    left: Math.max(0, to === 'left' ? left - SIDEWAYS : left + SIDEWAYS),
  });
}

function upright({ left: _, ...pager }: Pager): Pager {
  return { ...pager, scroll: 0 };
}

function pressSearching(
  state: ScreenState,
  { search: _, ...pager }: Pager,
  search: NonNullable<Pager['search']>,
  key: Key,
  context: PressContext,
): Pressed {
  if (key.name === 'escape') return only(state, pager);
  if (key.name !== 'enter') return only(state, { ...pager, search: edit(search, key) ?? search });
  const { hit: __, ...from } = { ...pager, query: textOf(search) };
  return find(state, from, context, (hits) => hits.find((hit) => hit >= pager.scroll) ?? hits[0]);
}

/** Moves to the line that `choose` picks from the matches. */
function find(
  state: ScreenState,
  pager: Pager,
  context: PressContext,
  choose: (hits: readonly number[], at: number) => number | undefined,
): Pressed {
  if (pager.query === '') return only(state, pager);
  const hits = linesWith(
    blockLines(pager.blocks, context.columns, pager.left !== undefined),
    pager.query,
  );
  const hit = choose(hits, pager.hit ?? pager.scroll);
  if (hit === undefined) {
    return only({ ...state, notice: `no match for “${pager.query}”` }, pager);
  }
  return only(state, { ...pager, hit, scroll: clamp(hit - BEFORE_HIT, limitOf(pager, context)) });
}

function limitOf(pager: Pager, context: PressContext): number {
  const lines = blockLines(pager.blocks, context.columns, pager.left !== undefined);
  return Math.max(0, lines.length - context.page);
}

function clamp(scroll: number, limit: number): number {
  return Math.max(0, Math.min(limit, scroll));
}

function only(state: ScreenState, overlay: Pager | undefined): Pressed {
  return { state: { ...state, overlay }, effects: [] };
}
