import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import { waysOutOf } from '#events/wording/choices.ts';
import { counted } from '#text/count.ts';
import { cutTo } from '#text/width.ts';
import { hasWideTable } from '../draw/block.ts';
import { BOLD, DIM, type Line, line, span, wrapped } from '../draw/line.ts';
import type { ListState } from '../keys/list.ts';
import type { Overlay } from '../keys/screen-state.ts';
import { inputLine, type TextInput } from '../keys/text-input.ts';
import { type Hint, hintLine } from '../panes/hint-line.ts';

/** Returns the footer of an overlay. */
export function overlayLines(
  overlay: Overlay,
  view: RunView,
  notice: string | undefined,
  width: number,
): readonly Line[] {
  const keys = (...all: readonly Hint[]) => hintLine(all, width, notice);
  switch (overlay.kind) {
    case 'entry':
      return [
        ...wrapped(overlay.question, width - 1, BOLD, ' '),
        ...entryLines(overlay.input, width - 1),
        keys(['⏎', 'done'], ['Esc', 'back']),
      ];
    case 'pager':
      if (overlay.search !== undefined) return [inputLine(line(' /'), overlay.search, width - 1)];
      return [
        keys(
          ['j k ^D ^U', 'scroll'],
          ['/', 'search'],
          ...tableHints(overlay, width),
          ...(overlay.query === '' ? [] : [['n N', `next “${overlay.query}”`] as const]),
          ['g G', 'ends'],
          ['Esc', 'back'],
        ),
      ];
    case 'jump':
      return [listKeys(overlay, width, ['⏎', 'go there'], notice)];
    case 'undo':
      return [listKeys(overlay, width, ['⏎', 'undo it'], notice)];
    case 'target':
      return [listKeys(overlay, width, ['⏎', 'choose'], notice)];
    case 'said':
      return [
        keys(
          ['j k', 'scroll'],
          ['/', 'search'],
          ['o', 'output'],
          ['!', 'another command'],
          ['Esc', 'back'],
        ),
      ];
    case 'edit':
      // The problem with an input is shown beside it.
      return [
        hintLine(
          [
            ['↑↓', 'input'],
            ['⏎', isOpening(view) ? 'use these' : 'retry with these'],
            ['Esc', 'back'],
          ],
          width,
          undefined,
        ),
      ];
    case 'stop':
      if (view.ofTeam)
        return [
          [span(' Leave the run?', BOLD), span(' It continues without you.', DIM)],
          keys(...waysToStop(view), ['c', 'stay'], ['^C q', 'leave']),
        ];
      return [
        [span(' Stop here?', BOLD), span(' Nothing is running.', DIM)],
        keys(['c', 'continue'], ...waysOutOf(view).map(({ key, says }): Hint => [key, says]), [
          '^C',
          'leave',
        ]),
      ];
    case 'leave':
      return [
        ...wrapped(`Pause the run? Resume it with: runbook resume ${view.runId}`, width, BOLD, ' '),
        ...wrapped(`Hand it over with: runbook handover ${view.runId} --to NAME`, width, DIM, ' '),
        keys(['y', 'leave'], ['any other key', 'stay']),
      ];
  }
}

function waysToStop(view: RunView): readonly Hint[] {
  if (view.status === 'running')
    return [['s', view.stopping ? 'end the running action now' : 'stop after the running action']];
  return waysOutOf(view)
    .filter(({ name }) => name === 'abort')
    .map(({ key, says }): Hint => [key, says]);
}

function listKeys(list: ListState, width: number, enter: Hint, notice: string | undefined): Line {
  if (list.search !== undefined) return inputLine(line(' /'), list.search, width - 1);
  const next: readonly Hint[] = list.query ? [['n N', `next “${list.query}”`]] : [];
  const all: readonly Hint[] = [
    ['j k', 'choose'],
    ['/', 'search'],
    ...next,
    enter,
    ['Esc', 'back'],
  ];
  return hintLine(all, width, notice);
}

function tableHints(
  { blocks, left }: Extract<Overlay, { readonly kind: 'pager' }>,
  width: number,
): readonly Hint[] {
  if (!hasWideTable(blocks, width - 2)) return [];
  return left === undefined
    ? [['t', 'as a table']]
    : [
        ['←→', 'sideways'],
        ['t', 'row by row'],
      ];
}

/** The number of lines of a multi-line input that are shown, around the cursor. */
const SHOWN_LINES = 5;

/** Returns a text input of one line, or of several pasted ones, with the cursor visible. */
function entryLines(input: TextInput, width: number): readonly Line[] {
  const lines = linesOf(input);
  if (lines.length === 1) return [inputLine(line(' > '), input, width)];
  const at = lines.findLastIndex(({ start }) => start <= input.cursor);
  const from = Math.max(0, Math.min(at - Math.floor(SHOWN_LINES / 2), lines.length - SHOWN_LINES));
  const shown = lines.slice(from, from + SHOWN_LINES).map((one, index): Line => {
    const label = span(index + from === 0 ? ' > ' : ' │ ', DIM);
    const cursor = input.cursor - one.start;
    return index + from === at
      ? inputLine([label], { characters: one.characters, cursor }, width)
      : [label, span(cutTo(one.characters.join(''), Math.max(1, width - 3)), BOLD)];
  });
  return shown.length === lines.length
    ? shown
    : [...shown, line(` … of ${counted(lines.length, 'line')}`, DIM)];
}

type InputLine = { readonly start: number; readonly characters: readonly string[] };

function linesOf({ characters }: TextInput): readonly InputLine[] {
  const lines: InputLine[] = [];
  let start = 0;
  while (start <= characters.length) {
    const end = characters.indexOf('\n', start);
    const stop = end === -1 ? characters.length : end;
    lines.push({ start, characters: characters.slice(start, stop) });
    start = stop + 1;
  }
  return lines;
}
