import { choicesOf } from '../events/choices.ts';
import { STATE_SIGN, STATE_WORD } from '../events/phrases.ts';
import { padTo } from '../events/text-width.ts';
import type { RunView, StepState } from '../events/view.ts';
import { blockLines, marked } from './block.ts';
import { ACCENT, aligned, BLANK, BOLD, DIM, type Line, line, rule, span, spread } from './line.ts';
import { menuLines, packLines } from './menu.ts';
import { type Pane, windowOf } from './pane.ts';
import type { Overlay } from './screen-state.ts';
import { inputLine } from './text-input.ts';

type OverlayOf<K extends Overlay['kind']> = Extract<Overlay, { readonly kind: K }>;

/** Returns the steps to choose from, the cursor in sight. */
export function jumpPane(view: RunView, overlay: OverlayOf<'jump'>, height: number): Pane {
  const lines = view.steps.map((step, index): Line => {
    const isOn = index === overlay.cursor;
    return [
      span(isOn ? ' ▸ ' : '   ', ACCENT),
      span(`${STATE_SIGN[step.state]} `, DIM),
      span(step.title, isOn ? BOLD : {}),
      span(`  ${STATE_WORD[step.state]}`, DIM),
    ];
  });
  const room = Math.max(1, height - 2);
  const start = Math.min(Math.max(0, overlay.cursor - Math.floor(room / 2)), lines.length - room);
  return {
    head: [line('Go to which step?', BOLD), BLANK],
    body: windowOf(lines, Math.max(0, start), room),
    foot: [],
  };
}

/** Returns the inputs of the run, one of them being typed. */
export function editPane(overlay: OverlayOf<'edit'>, width: number): Pane {
  const column = Math.min(24, Math.max(0, ...overlay.fields.map(({ name }) => name.length)));
  return {
    head: [line('Change inputs, then run the step again', BOLD), BLANK],
    body: overlay.fields.map((field, index) => {
      const isOn = index === overlay.cursor;
      const isUntouched = field.secret && field.input.characters.length === 0;
      const label = `${isOn ? '▸' : ' '} ${padTo(field.name, column)}  `;
      return [
        ...inputLine(line(label), field.input, width, { masked: field.secret, focused: isOn }),
        span(isUntouched ? ' unchanged' : '', DIM),
      ];
    }),
    foot: [],
  };
}

/** Returns a window into the pager, exactly `height` lines. */
export function pagerLines(
  overlay: OverlayOf<'pager'>,
  width: number,
  height: number,
): readonly Line[] {
  const lines = blockLines(overlay.blocks, width);
  const limit = Math.max(0, lines.length - (height - 1));
  const start = Math.min(overlay.scroll, limit);
  const shown = lines.slice(start, start + height - 1).map((one) => marked(one, overlay.query));
  const last = Math.min(lines.length, start + height - 1);
  const place = span(`${start + 1}–${last} of ${lines.length}`, DIM);
  return [spread([span(overlay.title, BOLD)], [place], width), ...shown];
}

const ALWAYS: readonly (readonly [key: string, text: string])[] = [
  ['n', 'write a note into the record'],
  ['o', 'the full output of the step shown'],
  ['d', 'details: all about what will run, or runs'],
  ['^N ^O ^D', 'the same while you are typing'],
  ['↑ ↓ PgUp PgDn', 'scroll'],
  ['^C', 'stop when this is done; twice: end it now; at rest: leave'],
];

/** Returns the keys that work now, then those that always do, then what the signs mean. */
export function helpPane(view: RunView, width: number): Pane {
  const choices = choicesOf(view);
  const signs = Object.entries(STATE_SIGN).filter(([, sign]) => sign !== ' ');
  return {
    head: [],
    body: [
      ...(choices.length === 0
        ? []
        : [rule(width, 'Now'), ...menuLines(choices, width, false), BLANK]),
      rule(width, 'Always'),
      ...aligned(ALWAYS, width),
      BLANK,
      ...packLines(
        signs.map(([state, sign]) => [sign, STATE_WORD[state as StepState]]),
        width,
      ),
    ],
    foot: [],
  };
}
