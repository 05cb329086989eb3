import type { RunView } from '#events/view/run-view.ts';
import { waysOutOf } from '#events/wording/choices.ts';
import { hasWideTable } from '../draw/block.ts';
import { BOLD, DIM, type Line, line, span, wrapped } from '../draw/line.ts';
import type { Overlay } from '../keys/screen-state.ts';
import { inputLine } from '../keys/text-input.ts';
import { type Hint, hintLine } from '../panes/hint-line.ts';
import { entryLines } from './entry-lines.ts';

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
          ['↑↓ PgUp PgDn', 'scroll'],
          ['/', 'search'],
          ...tableHints(overlay, width),
          ...(overlay.query === '' ? [] : [['n N', `next “${overlay.query}”`] as const]),
          ['g G', 'ends'],
          ['Esc', 'back'],
        ),
      ];
    case 'help':
      return [keys(['↑↓', 'scroll'], ['any other key', 'back'])];
    case 'jump':
      return [keys(['↑↓', 'choose'], ['⏎', 'go there'], ['Esc', 'back'])];
    case 'undo':
      return [keys(['↑↓', 'choose'], ['⏎', 'undo it'], ['Esc', 'back'])];
    case 'target':
      return [keys(['↑↓', 'move'], ['⏎', 'choose'], ['Esc', 'back'])];
    case 'said':
      return [keys(['↑↓', 'scroll'], ['o', 'output'], ['!', 'another'], ['any other key', 'back'])];
    case 'edit':
      // The problem with an input is shown beside it.
      return [
        hintLine(
          [
            ['↑↓', 'input'],
            ['⏎', 'retry with these'],
            ['Esc', 'back'],
          ],
          width,
          undefined,
        ),
      ];
    case 'stop':
      return [
        [span(' Stop here?', BOLD), span(' Nothing is running.', DIM)],
        keys(['c', 'go on'], ...waysOutOf(view).map(({ key, says }): Hint => [key, says]), [
          '^C',
          'leave',
        ]),
      ];
    case 'leave':
      return [
        ...wrapped(`Leave the run? It waits: runbook resume ${view.runId}`, width, BOLD, ' '),
        ...wrapped(`To another: runbook handover ${view.runId} --to NAME`, width, DIM, ' '),
        keys(['y', 'leave'], ['any other key', 'stay']),
      ];
  }
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
