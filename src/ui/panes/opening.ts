import type { RunView, StepState } from '#events/view/run-view.ts';
import { openingFacts } from '#events/wording/opening.ts';
import { EFFECT_WORD, PHASE_NAMES, STATE_SIGN } from '#events/wording/phrases.ts';
import { CHANGING_KINDS } from '#runbook/kinds/action-kinds.ts';
import { PHASES } from '#runbook/model/terms.ts';
import { cutTo, padTo } from '#text/width.ts';
import type { Block } from '../draw/block.ts';
import {
  aligned,
  BLANK,
  BOLD,
  DIM,
  type Line,
  line,
  type Pair,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';
import { resumedLines } from './start.ts';

const ENDED: Partial<Record<StepState, string>> = {
  succeeded: STATE_SIGN.succeeded,
  failed: STATE_SIGN.failed,
};

/** Returns the opening page: what the run is on, what it needs, and what it will do. */
export function openingPane(view: RunView, width: number, last: string | undefined): Pane {
  const { targets, limits, given, needs, phases } = openingFacts(view);
  const rows: readonly Pair[] = [
    ...labelled('Target', targets),
    ...labelled('Limits', limits.length === 0 ? [] : [limits.join(' · ')]),
    ...given.map(
      ([name, text]): Pair => [labelOf(name), cutTo(text, (width - LABEL) * GIVEN_LINES)],
    ),
    ...labelled(
      'You need',
      needs.map(({ text, state }) => `${ENDED[state] ?? '•'} ${text}`),
    ),
  ];
  return {
    head: [],
    body: [
      ...(view.mode === 'live' ? [] : [line('Dry run: changes are shown and not run.', WARN)]),
      ...wrapped(view.runbook.summary, width),
      ...resumedLines(view, width),
      BLANK,
      ...aligned(rows, width),
      BLANK,
      line('What happens', BOLD),
      ...phases.flatMap(({ phase, text }, index) =>
        numbered(index + 1, PHASE_NAMES[phase], text, width),
      ),
      ...(last === undefined ? [] : [BLANK, ...wrapped(last, width, DIM)]),
    ],
    foot: [],
  };
}

/** The lines of a long input, e.g. of the application's error. */
const GIVEN_LINES = 2;
/** The width of the labels, about. */
const LABEL = 14;

function labelOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
}

function labelled(label: string, texts: readonly string[]): readonly Pair[] {
  return texts.map((text, index) => [index === 0 ? label : '', text]);
}

const TITLE_WIDTH = 10;

function numbered(index: number, title: string, text: string, width: number): readonly Line[] {
  const mark = ` ${index}  ${padTo(title, TITLE_WIDTH)}`;
  return wrapped(text, width - mark.length).map((part, row) => [
    row === 0 ? span(mark) : span(' '.repeat(mark.length)),
    ...part,
  ]);
}

/** Returns every step of the runbook by phase, for the pager. */
export function runbookBlocks(view: RunView): readonly Block[] {
  return PHASES.flatMap((phase): readonly Block[] => {
    const steps = view.steps.filter((step) => step.phase === phase);
    if (steps.length === 0) return [];
    const texts = steps.map(({ title, why, kind, effect, id }) => {
      const indent = '  '.repeat(id.split('/').length - 1);
      const note = CHANGING_KINDS.some((one) => one === kind) ? EFFECT_WORD[effect] : kind;
      const because = why === undefined ? '' : `\n${indent}    ${why}`;
      return `${indent}${STATE_SIGN.waiting} ${title} (${note})${because}`;
    });
    return [
      { kind: 'heading', text: PHASE_NAMES[phase] },
      { kind: 'text', text: texts.join('\n') },
    ];
  });
}
