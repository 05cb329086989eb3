import { questionWords } from '#events/telling/question.ts';
import type { TeamRow } from '#events/view/run-row.ts';
import type { RunView, StepState } from '#events/view/run-view.ts';
import { STATE_SIGN } from '#events/wording/phrases.ts';
import { OUTCOME_FACTS } from '#runbook/model/outcomes.ts';
import { SEVERITIES, type Severity } from '#runbook/model/terms.ts';
import { capital, type Markup, markup } from './markup.ts';

/** The look of a state: it waits, runs, is done, failed, is unknown, or none of these. */
export type Look = 'wait' | 'run' | 'done' | 'fail' | 'odd' | 'off';

/** A state in a sign, a word and a look; the color is never alone. */
export type Standing = { readonly look: Look; readonly sign: string; readonly word: string };

const OTHER: Readonly<Record<string, Standing>> = {
  queued: { look: 'off', sign: '·', word: 'Queued' },
  running: { look: 'run', sign: '▸', word: 'Running' },
  waiting: { look: 'wait', sign: '!', word: 'Waiting' },
  paused: { look: 'off', sign: '‖', word: 'Paused' },
  finished: { look: 'off', sign: '–', word: 'Finished' },
};

const LOOK_OF_QUESTION = { '!': 'wait', '✗': 'fail', '?': 'odd' } as const;

const LOOK_OF_ROLE = { success: 'done', warning: 'wait', danger: 'fail' } as const;

/** Returns the state of a run in a list. */
export function standingOf({
  status,
  waitingFor,
  outcome,
}: Pick<TeamRow, 'status' | 'waitingFor' | 'outcome'>): Standing {
  const words = status === 'waiting' ? questionWords(waitingFor) : undefined;
  if (words !== undefined)
    return { look: LOOK_OF_QUESTION[words.sign], sign: words.sign, word: capital(words.state) };
  if (status === 'finished' && outcome !== undefined && outcome in OUTCOME_FACTS) {
    const { sign, role } = OUTCOME_FACTS[outcome as keyof typeof OUTCOME_FACTS];
    return { look: LOOK_OF_ROLE[role], sign, word: capital(outcome) };
  }
  return OTHER[status] ?? { look: 'off', sign: '·', word: status };
}

/** Returns the state of a run. */
export function standingOfView({ status, awaited, outcome }: RunView): Standing {
  return standingOf({ status, waitingFor: awaited?.for, outcome });
}

/** Returns a state as a badge. */
export function badge({ look, sign, word }: Standing): Markup {
  return markup`<span class="state" data-s="${look}"><span aria-hidden="true">${sign}</span>${word}</span>`;
}

const LOOK_OF_STEP: { readonly [S in StepState]: Look } = {
  waiting: 'off',
  current: 'wait',
  running: 'run',
  succeeded: 'done',
  failed: 'fail',
  skipped: 'off',
  'done-by-hand': 'done',
  simulated: 'off',
  undone: 'off',
  unknown: 'odd',
  'not-taken': 'off',
};

/** Returns the sign of a step's state; its word stands beside it. */
export function stepSign(state: StepState): Markup {
  return markup`<span class="m" data-s="${LOOK_OF_STEP[state]}" aria-hidden="true">${STATE_SIGN[state]}</span>`;
}

/** Returns a severity as bars and its word. */
export function severityMark(severity: string): Markup {
  const level = SEVERITIES.indexOf(severity as Severity);
  const bars = SEVERITIES.map((_, index) => {
    const height = 3 * (index + 1);
    return markup`<rect x="${4 * index}" y="${12 - height}" width="3" height="${height}"${index > level && markup` class="dim"`}/>`;
  });
  return markup`<span class="sev"><svg viewBox="0 0 15 12" aria-hidden="true">${bars}</svg>${capital(severity)}</span>`;
}
