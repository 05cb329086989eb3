import type { RunView } from '#events/view/run-view.ts';
import { changeText } from '#events/wording/change-text.ts';
import { elapsedMs } from '#events/wording/phrases.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { clock, msBetween } from '#text/duration.ts';
import {
  BAD,
  BLANK,
  BOLD,
  bulleted,
  DIM,
  GOOD,
  type Line,
  line,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';

const STYLES = { success: GOOD, warning: WARN, danger: BAD };

/** The note that keeps the outcome of a dry run from being mistaken for a real one. */
const DRY_RUN = 'Dry run: nothing was changed.';

/** Returns the end of a run: its outcome, its findings and the prevention notes. */
export function finishedPane(view: RunView, width: number): Pane {
  const { outcome = 'aborted' } = view;
  const { sign, role } = OUTCOME_FACTS[outcome];
  const { prevention, related } = view.runbook;
  return {
    head: [
      [
        span(sign, { ...STYLES[role], bold: true }),
        span(` ${outcome.toUpperCase()}`, BOLD),
        span(`  after ${clock(elapsedMs(view, 0))}`, DIM),
      ],
      ...wrapped(view.summary ?? '', width),
      ...(view.mode === 'live' ? [] : wrapped(DRY_RUN, width, WARN)),
      BLANK,
    ],
    body: [
      ...section(
        'Not run (dry run)',
        view.steps.flatMap(({ state, title }) => (state === 'simulated' ? [['≈', title]] : [])),
        width,
      ),
      ...section('Changed', changesOf(view), width),
      ...section(
        'Found',
        view.findings.map(({ at, text }) => [since(view, at), text]),
        width,
      ),
      ...section(
        'Notes',
        view.notes.map(({ at, text }) => [since(view, at), text]),
        width,
      ),
      ...section(
        'Prevention',
        prevention.map((text) => ['•', text]),
        width,
      ),
    ],
    foot: [
      BLANK,
      ...(related.length > 0 ? wrapped(`related: ${related.join(', ')}`, width, DIM) : []),
    ],
  };
}

/** Returns the changes with their status; they persist even if the run was aborted. */
function changesOf(view: RunView): readonly (readonly [mark: string, text: string])[] {
  return (view.changes ?? []).map((change) => [since(view, change.at), changeText(change, view)]);
}

function since(view: RunView, at: string): string {
  return clock(msBetween(view.startedAt, at));
}

function section(
  title: string,
  items: readonly (readonly [mark: string, text: string])[],
  width: number,
): readonly Line[] {
  if (items.length === 0) return [];
  return [
    line(title, BOLD),
    ...items.flatMap(([mark, text]) => bulleted(span(`${mark}  `, DIM), text, width)),
    BLANK,
  ];
}
