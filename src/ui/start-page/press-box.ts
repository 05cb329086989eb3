import { charactersOf } from '#text/width.ts';
import type { Key } from '../terminal/key.ts';
import { EMPTY_BOX, type ErrorBox, runOf, type StartPressed, type StartState } from './state.ts';

/** The length limit of a text: it is truncated at its start, since the last error is at its end. */
const LONGEST_TEXT = 262_144;

/** Returns the page with its box open and a text in it, and classifies the text. */
export function openBox(state: StartState, text: string): StartPressed {
  return withText({ ...state, box: EMPTY_BOX }, EMPTY_BOX, text);
}

/** Handles a key in the box. Letters are text here, and only Enter opens an offer. */
export function pressBox(state: StartState, box: ErrorBox, key: Key): StartPressed {
  switch (key.name) {
    case 'escape':
    case 'tab':
      return { state: { ...state, box: undefined }, effects: [] };
    case 'up':
      return select(state, box, box.cursor - 1);
    case 'down':
      return select(state, box, box.cursor + 1);
    case 'enter':
      return opened(state, box);
    case 'text':
      return withText(state, box, box.text + key.text);
    case 'paste':
      return withText(state, box, joined(box.text, key.text));
    case 'backspace':
      return withText(state, box, charactersOf(box.text).slice(0, -1).join(''));
    case 'ctrl':
      return key.letter === 'u' ? withText(state, box, '') : { state, effects: [] };
    default:
      return { state, effects: [] };
  }
}

function joined(before: string, text: string): string {
  return before === '' || before.endsWith('\n') ? text : `${before}\n${text}`;
}

function withText(state: StartState, box: ErrorBox, raw: string): StartPressed {
  const text = raw.replaceAll(/\r\n?/g, '\n').slice(-LONGEST_TEXT);
  if (text.trim() === '') return { state: { ...state, box: { ...EMPTY_BOX, text } }, effects: [] };
  return { state: { ...state, box: { ...box, text } }, effects: [{ type: 'classify', text }] };
}

function select(state: StartState, box: ErrorBox, cursor: number): StartPressed {
  const last = (box.found?.finding.offers.length ?? 0) - 1;
  const to = Math.max(0, Math.min(last, cursor));
  return { state: { ...state, box: { ...box, cursor: to } }, effects: [] };
}

function opened(state: StartState, { text, found, cursor }: ErrorBox): StartPressed {
  const say = (notice: string): StartPressed => ({ state: { ...state, notice }, effects: [] });
  if (text.trim() === '') return say('Paste or type an error first.');
  if (found?.of !== text) return say('Still reading.');
  const offer = found.finding.offers[cursor];
  if (offer === undefined) return say('No runbook is suggested.');
  if (!offer.isHere) return say(`The runbook ${offer.runbook} is not installed.`);
  const choice = runOf(state, offer.runbook);
  return { state, effects: [{ type: 'choose', choice }] };
}
