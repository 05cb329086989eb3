import { EMPTY_INPUT, edit, textOf } from '../keys/text-input.ts';
import { scrollBy } from '../terminal/key.ts';
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

/** The time within which an Enter after a piece of text belongs to that text. */
const PIECE_GOES_ON_MS = 300;
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
  const { pieceAt } = state;
  if (key.name === 'enter' && pieceAt !== undefined && context.now - pieceAt < PIECE_GOES_ON_MS)
    return only(state);
  if (key.name === 'piece') {
    const pasted = pressStart(quiet, { name: 'paste', text: key.text }, context);
    return { ...pasted, state: { ...pasted.state, pieceAt: context.now } };
  }
  if (key.name === 'ctrl' && key.letter === 'e') return only(inNextEnvironment(quiet, context));
  if (quiet.isHelp) return only({ ...quiet, isHelp: false });
  return quiet.box === undefined ? pressList(quiet, key, context) : pressBox(quiet, quiet.box, key);
}

function pressList(
  state: StartState,
  key: Exclude<StartKey, { name: 'piece' }>,
  context: StartContext,
): StartPressed {
  const query = textOf(state.search);
  const by = scrollBy(key, context.pageSize);
  if (by !== undefined) return only(moved(state, by, context));
  switch (key.name) {
    case 'tab':
      return openBox({ ...state, search: EMPTY_INPUT, selected: undefined }, query);
    case 'escape':
      return cleared(state, query);
    case 'enter':
      return query === 'q' ? leave(state) : chosen(state, query, context);
    case 'paste': {
      if (!WORD.test(key.text.trim())) return openBox(state, key.text);
      break;
    }
    case 'text':
      if (query === '' && key.text === '?') return only({ ...state, isHelp: true });
      // No word starts with two of them.
      if (query === 'q' && key.text === 'q') return leave(state);
      break;
    default:
  }
  const search = edit(state.search, key);
  return only(search === undefined ? state : searched(state, textOf(search), search, context));
}

/** Escape goes back one step: to the whole list, then out of the page. */
function cleared(state: StartState, query: string): StartPressed {
  return query === '' && state.selected === undefined
    ? leave(state)
    : only({ ...state, search: EMPTY_INPUT, selected: undefined });
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

function moved(state: StartState, by: number, { page }: StartContext): StartState {
  const { all } = entriesOf(page, textOf(state.search));
  const at = all.findIndex(({ key }) => key === state.selected);
  // Without a selection, the first key down selects the first entry, and up the last one.
  const from = at === -1 && by < 0 ? all.length : at;
  const to = Math.max(0, Math.min(all.length - 1, from + by));
  return { ...state, selected: all[to]?.key };
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
