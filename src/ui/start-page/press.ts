import { isOfBurst, SEVERAL_KEYS } from '../keys/burst.ts';
import { type Motion, motionOf, movedBy } from '../keys/motion.ts';
import { EMPTY_INPUT, edit, textOf } from '../keys/text-input.ts';
import type { Key } from '../terminal/key.ts';
import { entriesOf, firstFound } from './entries.ts';
import { openBox, pressBox } from './press-box.ts';
import {
  runOf,
  type StartContext,
  type StartEffect,
  type StartKey,
  type StartPressed,
  type StartState,
} from './state.ts';

/**
 * Pasted text that is neither a name nor a code may hold a password: it is not drawn as a search.
 */
const WORD = /^[\p{L}\p{N}_.-]{1,40}$/u;

/**
 * Returns the state after a key and its effect on the page. Only Enter opens the selected entry.
 */
export function pressStart(state: StartState, key: StartKey, context: StartContext): StartPressed {
  const quiet: StartState = { ...state, notice: undefined };
  if (key.name === 'ctrl' && key.letter === 'c') return leave(quiet);
  if (key.name === 'ctrl' && key.letter === 'z')
    return { state: quiet, effects: [{ type: 'suspend' }] };
  if (key.name === 'piece') {
    const pasted = pressStart(quiet, { name: 'paste', text: key.text }, context);
    return { ...pasted, state: { ...pasted.state, pieceAt: context.now } };
  }
  const refused = pressBurst(state, key, context);
  if (refused !== undefined) return refused;
  if (key.name === 'ctrl' && key.letter === 'e') return only(inNextEnvironment(quiet, context));
  if (quiet.help !== undefined) return pressHelp(quiet, quiet.help, key, context);
  return quiet.box === undefined ? pressList(quiet, key, context) : pressBox(quiet, quiet.box, key);
}

/** Handles a key of a burst; `undefined` for one that is text, or pasted, which is looked up. */
function pressBurst(
  state: StartState,
  key: Exclude<StartKey, { name: 'piece' }>,
  context: StartContext,
): StartPressed | undefined {
  if (key.name === 'paste' || !isOfBurst(key, context, state.pieceAt)) return undefined;
  const takesText = state.isSearching || state.box !== undefined;
  if (!takesText) return only({ ...state, notice: SEVERAL_KEYS, pieceAt: context.now });
  return key.name === 'enter' ? only(state) : undefined;
}

function pressHelp(
  state: StartState,
  scroll: number,
  key: Exclude<StartKey, { name: 'piece' }>,
  { pageSize, scrollLimit }: StartContext,
): StartPressed {
  const motion = motionOf(key, pageSize, { letters: true });
  if (motion !== undefined) return only({ ...state, help: movedBy(motion, scroll, scrollLimit) });
  const letter = key.name === 'text' ? key.text : key.name;
  if (CLOSES_HELP.includes(letter)) return only({ ...state, help: undefined });
  return only({ ...state, notice: 'Esc goes back' });
}

const CLOSES_HELP: readonly string[] = ['escape', 'enter', 'tab', 'q', '?'];

function pressList(
  state: StartState,
  key: Exclude<StartKey, { name: 'piece' }>,
  context: StartContext,
): StartPressed {
  const query = textOf(state.search);
  const motion = motionOf(key, context.pageSize, { letters: !state.isSearching });
  if (motion !== undefined && !clearsSearch(state, key)) return only(moved(state, motion, context));
  switch (key.name) {
    case 'tab':
      return openBox({ ...withoutSearch(state), selected: undefined }, query);
    case 'escape':
      return cleared(state, query);
    case 'enter':
      return chosen(state, query, context);
    case 'paste': {
      const isWord = WORD.test(key.text.trim());
      if (!isWord) return openBox(state, key.text);
      return typed({ ...state, isSearching: true }, key, context);
    }
    case 'text':
      return state.isSearching ? typed(state, key, context) : pressLetter(state, key.text, context);
    default:
      return state.isSearching ? typed(state, key, context) : unknown(state);
  }
}

/** Ctrl-U deletes what was typed; without a search it scrolls. */
function clearsSearch({ isSearching }: StartState, key: StartKey): boolean {
  return isSearching && key.name === 'ctrl' && key.letter === 'u';
}

/** Handles a letter while none is typed into the search. */
function pressLetter(state: StartState, letter: string, context: StartContext): StartPressed {
  switch (letter) {
    case '/':
      return only({ ...state, isSearching: true });
    case '?':
      return only({ ...state, help: 0 });
    case 'q':
      return leave(state);
    case 'n':
      return only(moved(state, { by: 1 }, context));
    case 'N':
      return only(moved(state, { by: -1 }, context));
    default:
      return unknown(state);
  }
}

function unknown(state: StartState): StartPressed {
  return only({ ...state, notice: '/ searches, ? for keys' });
}

function typed(state: StartState, key: Key, context: StartContext): StartPressed {
  const search = edit(state.search, key);
  return only(search === undefined ? state : searched(state, textOf(search), search, context));
}

function withoutSearch(state: StartState): StartState {
  return { ...state, search: EMPTY_INPUT, isSearching: false };
}

/** Escape goes back one step: to the whole list, then out of the page. */
function cleared(state: StartState, query: string): StartPressed {
  return query === '' && state.selected === undefined && !state.isSearching
    ? leave(state)
    : only({ ...withoutSearch(state), selected: undefined });
}

function searched(
  state: StartState,
  query: string,
  search: StartState['search'],
  { page }: StartContext,
): StartState {
  if (query === textOf(state.search)) return { ...state, search };
  return { ...state, search, selected: firstFound(page, query) };
}

/** Cycles through the environments and none. */
function inNextEnvironment(state: StartState, { page }: StartContext): StartState {
  const all = [undefined, ...page.environments];
  if (all.length === 1) return { ...state, notice: 'No config file defines environments.' };
  return { ...state, environment: all[(all.indexOf(state.environment) + 1) % all.length] };
}

function moved(state: StartState, motion: Motion, { page }: StartContext): StartState {
  const { all } = entriesOf(page, textOf(state.search));
  const at = all.findIndex(({ key }) => key === state.selected);
  // Without a selection, the first key down selects the first entry, and up the last one.
  const from = at === -1 && 'by' in motion && motion.by < 0 ? all.length : at;
  const to = 'by' in motion ? from + motion.by : motion.to === 'start' ? 0 : all.length - 1;
  return { ...state, selected: all[Math.max(0, Math.min(all.length - 1, to))]?.key };
}

function chosen(state: StartState, query: string, { page }: StartContext): StartPressed {
  const entry = entriesOf(page, query).all.find(({ key }) => key === state.selected);
  if (entry === undefined) return only({ ...state, notice: 'Nothing is selected.' });
  const choice =
    entry.kind === 'run'
      ? ({ type: 'resume', run: entry.run.id } as const)
      : runOf(state, entry.runbook.name);
  return { state, effects: [{ type: 'choose', choice }] };
}

function leave(state: StartState): StartPressed {
  const effect: StartEffect = { type: 'choose', choice: { type: 'leave' } };
  return { state, effects: [effect] };
}

function only(state: StartState): StartPressed {
  return { state, effects: [] };
}
