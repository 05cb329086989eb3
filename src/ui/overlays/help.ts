import type { RunView, StepState } from '#events/view/run-view.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { STATE_SIGN, STATE_WORD } from '#events/wording/phrases.ts';
import { aligned, BLANK, type Line, type Pair, rule } from '../draw/line.ts';
import { menuLines, packLines } from '../draw/menu.ts';

const ALWAYS: readonly Pair[] = [
  ['n', 'write a note into the record'],
  ['!', 'run an ad-hoc command while the run waits'],
  ['o', 'show the full output of this step'],
  ['d', 'show details: the action in full, and all findings so far'],
  ['^N ^O Tab', 'the same three while you type'],
  ['/', 'search; n and N find the next and the previous match'],
  ['^C', 'stop after the running action; twice: cancel it now; while the run waits: pause'],
];

/** A run of a team goes on without the terminal, and takes no ad-hoc commands. */
const ALWAYS_IN_TEAMS: readonly Pair[] = [
  ...ALWAYS.filter(([keys]) => keys !== '!' && keys !== '^C'),
  ['q', 'leave; the run continues'],
  ['^C', 'stop after the running action, or leave; twice: leave'],
];

const AT_END: readonly Pair[] = [
  ['t', 'read the transcript'],
  ['p', 'read a draft of the postmortem'],
  ['o', 'show the full output of the last step'],
  ['/', 'search; n and N find the next and the previous match'],
  ['⏎ q', 'close the page'],
];

/** The keys of less, vim and k9s. */
const MOVES: readonly Pair[] = [
  ['j k ↓ ↑', 'one line, or one entry of a list'],
  ['^D ^U', 'half a page'],
  ['Space PgDn PgUp', 'a page; also ^F and ^B'],
  ['g G', 'to the start, to the end; also Home and End'],
];

function generalKeys({ status, ofTeam }: RunView): readonly Pair[] {
  if (status === 'finished') return AT_END;
  return ofTeam ? ALWAYS_IN_TEAMS : ALWAYS;
}

/** Returns the keys that work now, then the general keys, then the legend of the signs. */
export function helpLines(view: RunView, width: number): readonly Line[] {
  const choices = choicesOf(view);
  return [
    ...(choices.length === 0
      ? []
      : [rule(width, 'Now'), ...menuLines(choices, width, false), BLANK]),
    rule(width, view.status === 'finished' ? 'On this page' : 'Always'),
    ...aligned(generalKeys(view), width),
    BLANK,
    rule(width, 'In every list and page'),
    ...aligned(MOVES, width),
    BLANK,
    rule(width, 'Signs'),
    ...packLines(
      Object.entries(STATE_SIGN).map(([state, sign]) => [sign, STATE_WORD[state as StepState]]),
      width,
    ),
  ];
}
