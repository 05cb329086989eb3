import { commandTargets } from '#events/view/command-targets.ts';
import { isOpening } from '#events/view/opening.ts';
import type { RunView } from '#events/view/run-view.ts';
import { type ChoiceName, choicesOf } from '#events/wording/choices.ts';
import { offeredNumbers } from '#events/wording/undecided.ts';
import { isPhrase } from '#runbook/model/confirm-phrase.ts';
import type { Line } from '../draw/line.ts';
import { MOST_DIGITS } from '../draw/menu.ts';
import { type ScreenState, typesInPane } from '../keys/screen-state.ts';
import { textOf } from '../keys/text-input.ts';
import { overlayLines } from '../overlays/footer.ts';
import { type Hint, hintLine } from './hint-line.ts';

/** Returns the footer: the keys that work now, or the current prompt. */
export function footerLines(
  view: RunView,
  state: ScreenState,
  width: number,
  canScroll: boolean,
): readonly Line[] {
  const { overlay, notice } = state;
  if (overlay !== undefined) return overlayLines(overlay, view, notice, width);
  const inPane = view.awaited?.for === 'gate';
  const keys = hintLine(hints(view, state, canScroll), width, inPane ? undefined : notice);
  return [keys];
}

function hints(view: RunView, state: ScreenState, canScroll: boolean): readonly Hint[] {
  const scrolls: readonly Hint[] = canScroll ? [['↑↓', 'scroll']] : [];
  switch (view.status) {
    case 'finished':
      return [
        ['t', 'transcript'],
        ['p', 'postmortem'],
        ['o', 'output'],
        ...(canScroll ? [['j k', 'everything'] as const] : []),
        ['/', 'search'],
        ['?', 'help'],
        ['⏎', 'close'],
      ];
    case 'paused':
      return [];
    case 'running':
      return runningHints(view, state, scrolls);
    case 'waiting':
      return waitingHints(view, state, scrolls);
  }
}

function runningHints(
  view: RunView,
  state: ScreenState,
  scrolls: readonly Hint[],
): readonly Hint[] {
  if (typesInPane(state, view))
    return [['Tab', 'details'], ...scrolls, ['^N', 'note'], stopHint(view)];
  return [
    ...(view.auto ? [['a', 'step by step'] as const] : []),
    ...scrolls,
    ['n', 'note'],
    ...outputHint(view),
    ['d', 'details'],
    ...(view.ofTeam ? [stopHint(view)] : []),
    ['?', 'help'],
    view.ofTeam ? ['q', 'leave'] : stopHint(view),
  ];
}

function stopHint(view: RunView): Hint {
  if (view.ofTeam) return ['^C', 'stop or leave'];
  return ['^C', view.stopping ? 'end it now' : 'stop'];
}

/** Returns the keys that display or write; the ad-hoc command only if there is room. */
function looks(view: RunView): readonly Hint[] {
  const can = view.behind === undefined && commandTargets(view).length > 0;
  return [
    ['d', 'details'],
    ['n', 'note'],
    ...outputHint(view),
    ...(can ? [['!', 'command'] as const] : []),
  ];
}

function outputHint(view: RunView): readonly Hint[] {
  const hasRun = view.steps.some(({ executions }) => executions.length > 0);
  return hasRun || view.adhoc !== undefined ? [['o', 'output']] : [];
}

const HELP: Hint = ['?', 'help'];

function waitingHints(
  view: RunView,
  state: ScreenState,
  scrolls: readonly Hint[],
): readonly Hint[] {
  const awaited = view.awaited;
  const leave: Hint = canLeave(view) ? ['q', 'leave'] : interruptHint(view);
  if (isOpening(view)) {
    const keys = hintsFor(view, ['start', 'stepwise', 'edit']);
    return [...keys, ['d', 'the whole runbook'], ...scrolls, HELP, leave];
  }
  switch (awaited?.for) {
    case 'gate':
      return gateHints(view, state, scrolls, leave);
    case 'answer':
      if (typesInPane(state, view)) {
        return [['⏎', 'answer'], ['Esc', 'other keys'], ['^N', 'note'], interruptHint(view)];
      }
      return [
        ...((awaited.choices ?? []).length > 0
          ? choiceHints((awaited.choices ?? []).length)
          : ([['⏎', 'type']] as const)),
        ...startHints(view),
        ...looks(view),
        HELP,
        leave,
      ];
    case 'start':
      // The keys that the pane refers to come first.
      return [
        ...hintsFor(view, ['continue', 'auto']),
        ...scrolls,
        ...looks(view).slice(0, 1),
        ...hintsFor(view, ['skip', 'undo', 'jump']),
        ...looks(view).slice(1),
        ...hintsFor(view, ['back']),
        HELP,
        leave,
      ];
    case 'decision':
      return [[offeredNumbers(awaited), 'choose'], ...scrolls, ...looks(view), HELP, leave];
    default:
      return [...scrolls, ...looks(view), HELP, leave];
  }
}

function choiceHints(count: number): readonly Hint[] {
  const isDigit = count <= MOST_DIGITS;
  return [
    ...(isDigit ? [[`1–${count}`, 'answer'] as const] : []),
    ['j k', 'move'],
    ['⏎', 'answer with ▸'],
  ];
}

function startHints(view: RunView): readonly Hint[] {
  return hintsFor(view, ['continue', 'auto', 'skip', 'undo', 'jump']);
}

function hintsFor(view: RunView, names: readonly ChoiceName[]): readonly Hint[] {
  const choices = choicesOf(view);
  return names.flatMap((name): readonly Hint[] => {
    const choice = choices.find((one) => one.name === name);
    if (choice === undefined) return [];
    return [[choice.key, choice.label]];
  });
}

function gateHints(
  view: RunView,
  { input }: ScreenState,
  scrolls: readonly Hint[],
  leave: Hint,
): readonly Hint[] {
  const can = (intent: 'refresh' | 'leave-out') =>
    view.gate?.preview !== undefined && view.awaited?.can.includes(intent) === true;
  if (view.gate?.level === 'key') {
    return [
      ['y', view.gate.simulated === true ? 'continue' : 'run it'],
      ...(can('refresh') ? [['r', 'read again'] as const] : []),
      ...(can('leave-out') ? [['l', 'leave out'] as const] : []),
      ['Tab', 'details'],
      ...scrolls,
      ['n', 'note'],
      ['?', 'help'],
      ['Esc', 'decline'],
      leave,
    ];
  }
  const isTyped = isPhrase(textOf(input), view.gate?.phrase);
  return [
    ...(isTyped ? [['⏎', 'confirm'] as const] : []),
    ...(can('refresh') ? [['^R', 'read again'] as const] : []),
    ...(can('leave-out') ? [['^L', 'leave out'] as const] : []),
    ['Tab', 'details'],
    ...scrolls,
    ['^N', 'note'],
    ['Esc', 'decline'],
    interruptHint(view),
  ];
}

function interruptHint({ ofTeam }: RunView): Hint {
  return ['^C', ofTeam ? 'leave' : 'stop'];
}

function canLeave(view: RunView): boolean {
  return view.ofTeam === true || view.awaited?.can.includes('leave') === true;
}
