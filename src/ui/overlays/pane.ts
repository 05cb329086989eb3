import { jumpTargets } from '#events/view/jump-targets.ts';
import { stepOf, stepsAround } from '#events/view/place-in-run.ts';
import type { RunView } from '#events/view/run-view.ts';
import { jumpNote } from '#events/wording/jump-note.ts';
import { STATE_SIGN, titleOf } from '#events/wording/phrases.ts';
import { shownState, stateWord } from '#events/wording/step-state.ts';
import { counted } from '#text/count.ts';
import { timeOfDay } from '#text/duration.ts';
import { padTo } from '#text/width.ts';
import { laidOutBlocks, marked } from '../draw/block.ts';
import {
  BAD,
  BLANK,
  BOLD,
  cutLine,
  DIM,
  fromColumn,
  type Line,
  line,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { selectable } from '../draw/menu.ts';
import type { Pane } from '../draw/pane.ts';
import type { Overlay } from '../keys/screen-state.ts';
import { inputLine } from '../keys/text-input.ts';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Returns the list of steps to jump to, with the cursor visible, and the consequence of a jump. */
export function jumpPane(
  view: RunView,
  overlay: OverlayOf<'jump'>,
  width: number,
  height: number,
): Pane {
  const steps = jumpTargets(view);
  const entries = steps.map((step) => ({
    title: step.title,
    before: [
      ...stepsAround(view, step.id).map(() => span('  ')),
      span(`${STATE_SIGN[shownState(step)]} `, DIM),
    ],
    note: stateWord(step),
  }));
  const note = jumpNote(view, steps[overlay.cursor]?.id ?? '');
  const foot = [BLANK, ...wrapped(note, width, WARN)];
  const room = Math.max(1, height - 2 - foot.length);
  return {
    head: [line('Go to which step?', BOLD), BLANK],
    body: selectable(entries, overlay.cursor, room),
    foot,
  };
}

/** Returns the list of undoable steps with their undo actions, with the cursor visible. */
export function undoPane(
  view: RunView,
  overlay: OverlayOf<'undo'>,
  width: number,
  height: number,
): Pane {
  const entries = overlay.steps.map((id) => ({
    title: titleOf(view, id),
    note: doneText(view, id),
  }));
  const lines = selectable(entries, overlay.cursor, Math.max(1, height - 4));
  return {
    head: [line('Undo which change? Most recent first.', BOLD), BLANK],
    body: lines.map((one) => cutLine(one, width)),
    foot: [
      BLANK,
      ...wrapped('It is shown first and runs only after your confirmation.', width, DIM),
    ],
  };
}

/** Returns when a step acted, and on how many items. */
function doneText(view: RunView, id: string): string {
  const step = stepOf(view, id);
  const at = step?.executions.findLast(({ part }) => part === 'action')?.startedAt;
  const items = step?.items?.length;
  return [
    ...(at === undefined ? [] : [`done ${timeOfDay(at)} UTC`]),
    ...(items === undefined ? [] : [counted(items, 'item')]),
  ].join(', ');
}

/** Returns the index of the rejected field, else of the selected one. */
function wrongField({ fields, cursor }: OverlayOf<'edit'>, notice: string | undefined): number {
  const named = fields.findIndex(({ name }) => notice?.includes(`"${name}"`) === true);
  return named === -1 ? cursor : named;
}

const EDITED =
  'This step and all later ones use these values. Earlier steps keep the results they got with the old values, unless you go back to them (:).';

/** Returns the inputs of the run, one of them being edited. */
export function editPane(
  overlay: OverlayOf<'edit'>,
  notice: string | undefined,
  { width, opens }: { readonly width: number; readonly opens: boolean },
): Pane {
  const column = Math.min(24, Math.max(0, ...overlay.fields.map(({ name }) => name.length)));
  return {
    head: [line(opens ? 'Change inputs' : 'Change inputs, then run the step', BOLD), BLANK],
    body: overlay.fields.flatMap((field, index) => {
      const isOn = index === overlay.cursor;
      const isUntouched = field.secret && field.input.characters.length === 0;
      const label = `${isOn ? '▸' : ' '} ${padTo(field.name, column)}  `;
      const problem = index === wrongField(overlay, notice) ? notice : undefined;
      return [
        [
          ...inputLine(line(label), field.input, width, { masked: field.secret, focused: isOn }),
          span(isUntouched ? ' unchanged' : '', DIM),
        ],
        ...(problem === undefined ? [] : wrapped(`✗ ${problem}`, width, BAD, '    ')),
      ];
    }),
    foot: [BLANK, ...wrapped(EDITED, width)],
  };
}

/** Returns exactly `height` lines of the pager. */
export function pagerLines(
  overlay: OverlayOf<'pager'>,
  width: number,
  height: number,
): readonly Line[] {
  const { left } = overlay;
  const { lines, wide } = laidOutBlocks(overlay.blocks, width, left !== undefined);
  const limit = Math.max(0, lines.length - (height - 1));
  const start = Math.min(overlay.scroll, limit);
  const shown = lines
    .slice(start, start + height - 1)
    .map((one) => marked(wide.has(one) ? fromColumn(one, left ?? 0) : one, overlay.query));
  const last = Math.min(lines.length, start + height - 1);
  const place = span(`${start + 1}–${last} of ${lines.length}`, DIM);
  const empty = Array.from({ length: Math.max(0, height - 1 - shown.length) }, () => BLANK);
  return [spread([span(overlay.title, BOLD)], [place], width), ...shown, ...empty];
}
