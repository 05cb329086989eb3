import { createHash } from 'node:crypto';
import { stepOf } from '#events/view/place-in-run.ts';
import type { StepState } from '#events/view/run-view.ts';
import { PHASE_NAMES, STATE_SIGN, STATE_WORD } from '#events/wording/phrases.ts';
import { timelineEntries } from '#report/transcript/blocks/timeline.ts';
import { blocksHtml, saidHtml, withNamedTables } from '#report/transcript/html/blocks.ts';
import { maskRules } from '#report/transcript/masks.ts';
import { transcriptRun } from '#report/transcript/run.ts';
import { type Visit, visitsOf } from '#report/transcript/visits.ts';
import { escapedAlready, type Markup, markup } from './markup.ts';
import type { ShownRun } from './shown-run.ts';
import type { Look, Standing } from './state.ts';

/** The timeline of a run: one entry for each visit of a step. */
export type Timeline = {
  readonly entries: readonly Markup[];
  /** The ID of the entry of each step's latest visit. */
  readonly anchors: ReadonlyMap<string, string>;
};

/**
 * Returns the timeline from the same blocks as the transcript. An entry whose content is the same has
 * the same `data-seq`, so that the script leaves it alone, and open folds stay open.
 */
export function timelineOf({ records }: Pick<ShownRun, 'records'>): Timeline {
  const run = transcriptRun(records, { outputs: () => undefined });
  if (run === undefined) return { entries: [], anchors: new Map() };
  const ruleOf = maskRules(records);
  const visits = visitsOf(run);
  const anchors = new Map<string, string>();
  let visit = -1;
  const entries = timelineEntries(run).flatMap(({ phase, title, blocks }, index) => {
    const id = `t${index}`;
    if (title !== undefined) visit += 1;
    const of = title && visits[visit];
    if (of !== undefined) anchors.set(of.step, id);
    const name = title === undefined ? 'Start of the run' : saidHtml(title, ruleOf);
    const isLatest = visits.findLastIndex(({ step }) => step === of?.step) === visit;
    const now = isLatest ? stepOf(run.view, of?.step)?.state : undefined;
    return [
      ...(phase === undefined ? [] : [phaseItem(`${id}p`, PHASE_NAMES[phase])]),
      item(id, escapedAlready(name), stateOf(of, now), blocksHtml(blocks, ruleOf)),
    ];
  });
  return { entries, anchors };
}

function phaseItem(id: string, name: string): Markup {
  return markup`<li id="${id}" class="phase" data-seq="0">${name}</li>
`;
}

function item(id: string, title: Markup, { look, sign, word }: Standing, body: string): Markup {
  const content = markup`<span class="m" data-s="${look}" aria-hidden="true">${sign}</span><details><summary><b>${title}</b> <span>${word}</span></summary><div class="told-in-full">${escapedAlready(withNamedTables(body, ` of entry ${id.slice(1)}`))}</div></details>`;
  const version = createHash('sha256').update(content.html).digest('hex').slice(0, 12);
  return markup`<li id="${id}" data-seq="${version}">${content}</li>
`;
}

const LOOK: Readonly<Record<string, Look>> = {
  succeeded: 'done',
  'done-by-hand': 'done',
  failed: 'fail',
  unknown: 'odd',
  current: 'wait',
  running: 'run',
};

function stateOf(visit: Visit | undefined, now: StepState | undefined): Standing {
  if (visit === undefined) return { look: 'off', sign: '·', word: '' };
  // A visit has no state of its own while its action runs.
  const state = visit.state === 'current' ? (now ?? 'current') : visit.state;
  if (state === 'declined') return { look: 'off', sign: '✗', word: 'declined' };
  return { look: LOOK[state] ?? 'off', sign: STATE_SIGN[state], word: STATE_WORD[state] };
}
