import { isAdhoc } from '#events/log/adhoc.ts';
import { commandTargets } from '#events/view/command-targets.ts';
import type { RunView } from '#events/view/run-view.ts';
import { filesOf, outputBlocks } from '../draw/output-blocks.ts';
import type { Key } from '../terminal/key.ts';
import { pressList } from './list.ts';
import { motionOf, movedBy } from './motion.ts';
import { openEntry } from './open-overlay.ts';
import {
  closed,
  type Overlay,
  only,
  type PressContext,
  type Pressed,
  type ScreenState,
  unknownKey,
} from './screen-state.ts';
import { EMPTY_INPUT } from './text-input.ts';

const NOT_IN_TEAMS = 'a run of a team takes no ad-hoc commands';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Returns the state after `!`: asks for the target if there is a choice, then for the command. */
export function openCommand(state: ScreenState, view: RunView): Pressed {
  const targets = commandTargets(view);
  const [first] = targets;
  const isOpen = view.awaited !== undefined && !isAdhoc(view.awaited.step);
  if (view.status !== 'waiting' || !isOpen) return only(state);
  if (first === undefined) {
    const notice = view.ofTeam ? NOT_IN_TEAMS : 'this runbook has no target for a command';
    return only({ ...state, notice });
  }
  if (targets.length === 1) return asked(state, view, first);
  return only({ ...state, overlay: { kind: 'target', targets, cursor: 0 } });
}

/** Handles a key in the list of targets. */
export function pressTarget(
  state: ScreenState,
  overlay: OverlayOf<'target'>,
  key: Key,
  view: RunView,
): Pressed {
  const moved = pressList(overlay, key, overlay.targets);
  if (moved !== undefined) return only({ ...state, overlay: moved });
  const target = overlay.targets[overlay.cursor];
  if (key.name === 'enter' && target !== undefined) return asked(state, view, target);
  return key.name === 'escape' ? only(closed(state)) : unknownKey(state);
}

/** The time after its end in which Enter does not close the result of a command. */
const JUST_ENDED_MS = 1_000;
const JUST_ENDED = 'Ignored: the command has just ended.';
const CLOSING: readonly Key['name'][] = ['enter', 'escape', 'tab'];

/** Handles a key at the result of a command. */
export function pressSaid(
  state: ScreenState,
  overlay: OverlayOf<'said'>,
  key: Key,
  { view, page, now, scrollLimit }: PressContext,
): Pressed {
  const motion = motionOf(key, page, { letters: true });
  if (motion !== undefined) {
    const scroll = movedBy(motion, overlay.scroll, scrollLimit);
    return only({ ...state, overlay: { ...overlay, scroll } });
  }
  const letter = key.name === 'text' ? key.text : '';
  if (letter === '!') return openCommand(closed(state), view);
  const command = view.adhoc?.find(({ id }) => id === overlay.step);
  const isSearch = letter === '/';
  const endedAt = Date.parse(command?.endedAt ?? '');
  if (key.name === 'enter' && now - endedAt < JUST_ENDED_MS)
    return only({ ...state, notice: JUST_ENDED });
  if (command === undefined || letter === 'q' || CLOSING.includes(key.name))
    return only(closed(state));
  if (letter !== 'o' && !isSearch) return unknownKey(state);
  const blocks = outputBlocks(view, command);
  const files = filesOf(blocks);
  const { title } = command;
  const pager = { kind: 'pager', title, blocks, scroll: 0, query: '' } as const;
  return {
    state: { ...state, overlay: isSearch ? { ...pager, search: EMPTY_INPUT } : pager },
    effects: files.length === 0 ? [] : [{ type: 'read-output', files }],
  };
}

function asked(state: ScreenState, view: RunView, target: string): Pressed {
  const isDatabase = view.places[target]?.engine != null;
  const what = isDatabase ? 'SQL' : 'Shell script';
  const question = `${what} on ${target} · ${view.targets[target] ?? ''}`;
  return only(openEntry(state, { type: 'adhoc', target }, question, true));
}
