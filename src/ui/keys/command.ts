import { isAdhoc } from '#events/log/adhoc.ts';
import { commandTargets } from '#events/view/command-targets.ts';
import type { RunView } from '#events/view/run-view.ts';
import { filesOf, outputBlocks } from '../draw/output-blocks.ts';
import { type Key, scrollBy } from '../terminal/key.ts';
import { openEntry } from './open-overlay.ts';
import type { Overlay, PressContext, Pressed, ScreenState } from './screen-state.ts';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Returns the state after `!`: asks for the target if there is a choice, then for the command. */
export function openCommand(state: ScreenState, view: RunView): Pressed {
  const targets = commandTargets(view);
  const [only] = targets;
  const isOpen = view.awaited !== undefined && !isAdhoc(view.awaited.step);
  if (view.status !== 'waiting' || !isOpen) return { state, effects: [] };
  if (only === undefined)
    return { state: { ...state, notice: 'this runbook has no target for a command' }, effects: [] };
  if (targets.length === 1) return asked(state, view, only);
  return { state: { ...state, overlay: { kind: 'target', targets, cursor: 0 } }, effects: [] };
}

/** Handles a key in the list of targets. */
export function pressTarget(
  state: ScreenState,
  overlay: OverlayOf<'target'>,
  key: Key,
  view: RunView,
): Pressed {
  const last = overlay.targets.length - 1;
  const to = (cursor: number): Pressed => ({
    state: { ...state, overlay: { ...overlay, cursor } },
    effects: [],
  });
  if (key.name === 'up') return to(Math.max(0, overlay.cursor - 1));
  if (key.name === 'down') return to(Math.min(last, overlay.cursor + 1));
  const target = overlay.targets[overlay.cursor];
  if (key.name === 'enter' && target !== undefined) return asked(state, view, target);
  const isClosed = key.name === 'escape';
  return { state: isClosed ? { ...state, overlay: undefined } : state, effects: [] };
}

/** Handles a key at the result of a command. */
export function pressSaid(
  state: ScreenState,
  overlay: OverlayOf<'said'>,
  key: Key,
  { view, page }: PressContext,
): Pressed {
  const by = scrollBy(key, page);
  if (by !== undefined) {
    const scroll = Math.max(0, overlay.scroll + by);
    return { state: { ...state, overlay: { ...overlay, scroll } }, effects: [] };
  }
  const letter = key.name === 'text' ? key.text : '';
  if (letter === '!') return openCommand({ ...state, overlay: undefined }, view);
  const command = view.adhoc?.find(({ id }) => id === overlay.step);
  if (letter !== 'o' || command === undefined)
    return { state: { ...state, overlay: undefined }, effects: [] };
  const blocks = outputBlocks(view, command);
  const files = filesOf(blocks);
  const pager = { kind: 'pager', title: command.title, blocks, scroll: 0, query: '' } as const;
  return {
    state: { ...state, overlay: pager },
    effects: files.length === 0 ? [] : [{ type: 'read-output', files }],
  };
}

function asked(state: ScreenState, view: RunView, target: string): Pressed {
  const isDatabase = view.places[target]?.engine != null;
  const what = isDatabase ? 'SQL' : 'Shell script';
  const question = `${what} on ${target} · ${view.targets[target] ?? ''}`;
  return { state: openEntry(state, { type: 'adhoc', target }, question, true), effects: [] };
}
