import { type ChoiceName, choicesOf } from '../events/choices.ts';
import { widthOf } from '../events/text-width.ts';
import type { RunView } from '../events/view.ts';
import { type Hint, hintLine } from './hint-line.ts';
import { type Line, line } from './line.ts';
import { overlayLines } from './overlay-footer.ts';
import { type ScreenState, typesInPane } from './screen-state.ts';

/** Returns the bottom lines: the keys that work now, or what is being asked for. */
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
  return view.status === 'finished'
    ? [line(` ${transcriptCommand(view, width - 1)}`), keys]
    : [keys];
}

/** What shows the record, to be copied: a run can be named by the end of its id. */
function transcriptCommand({ runId }: RunView, width: number): string {
  const whole = `runbook transcript ${runId}`;
  return widthOf(whole) <= width ? whole : `runbook transcript ${runId.split('-').at(-1)}`;
}

function hints(view: RunView, state: ScreenState, canScroll: boolean): readonly Hint[] {
  const scrolls: readonly Hint[] = canScroll ? [['↑↓', 'scroll']] : [];
  switch (view.status) {
    case 'finished':
      return [...scrolls, ['o', 'output'], ['?', 'help'], ['q', 'close']];
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
    return [['^D', 'details'], ...scrolls, ['^N', 'note'], stopHint(view)];
  return [
    ...(view.auto ? [['a', 'auto off'] as const] : []),
    ['n', 'note'],
    ['o', 'output'],
    ['d', 'details'],
    ...scrolls,
    ['?', 'help'],
    stopHint(view),
  ];
}

function stopHint(view: RunView): Hint {
  return ['^C', view.stopping ? 'end it now' : 'stop'];
}

const LOOKS: readonly Hint[] = [
  ['n', 'note'],
  ['o', 'output'],
  ['d', 'details'],
  ['?', 'help'],
];

function waitingHints(
  view: RunView,
  state: ScreenState,
  scrolls: readonly Hint[],
): readonly Hint[] {
  const awaited = view.awaited;
  const leave: Hint = canLeave(view) ? ['q', 'leave'] : ['^C', 'stop'];
  switch (awaited?.for) {
    case 'gate':
      return gateHints(view, scrolls, leave);
    case 'answer':
      if (typesInPane(state, view)) {
        return [
          ['⏎', 'answer'],
          ['Esc', 'other keys'],
          ['^N', 'note'],
          ['^C', 'stop'],
        ];
      }
      return [
        ...((awaited.choices ?? []).length > 0
          ? ([
              ['↑↓', 'choose'],
              ['⏎', 'answer'],
            ] as const)
          : ([['⏎', 'type']] as const)),
        ...startHints(view),
        ...LOOKS,
        leave,
      ];
    case 'start':
      return [
        ...startHints(view),
        ...LOOKS.slice(0, 2),
        ...hintsFor(view, ['back']),
        ...LOOKS.slice(2, 3),
        ...scrolls,
        ...LOOKS.slice(3),
        leave,
      ];
    case 'decision':
      return [['1–9', 'choose'], ...scrolls, ...LOOKS, leave];
    default:
      return [...scrolls, ...LOOKS, leave];
  }
}

function startHints(view: RunView): readonly Hint[] {
  return hintsFor(view, ['continue', 'auto', 'skip', 'undo', 'jump']);
}

function hintsFor(view: RunView, names: readonly ChoiceName[]): readonly Hint[] {
  const choices = choicesOf(view);
  return names.flatMap((name): readonly Hint[] => {
    const choice = choices.find((one) => one.name === name);
    if (choice === undefined) return [];
    return [[choice.key, choice.name === 'auto' && view.auto ? 'auto off' : choice.label]];
  });
}

function gateHints(view: RunView, scrolls: readonly Hint[], leave: Hint): readonly Hint[] {
  const canRefresh = view.awaited?.can.includes('refresh') === true;
  if (view.gate?.level === 'key') {
    return [
      ['y', view.gate.simulated === true ? 'go on' : 'run it'],
      ...(canRefresh ? [['r', 'read again'] as const] : []),
      ['d', 'details'],
      ...scrolls,
      ['n', 'note'],
      ['?', 'help'],
      ['Esc', 'decline'],
      leave,
    ];
  }
  return [
    ['⏎', 'confirm'],
    ...(canRefresh ? [['^R', 'read again'] as const] : []),
    ['^D', 'details'],
    ...scrolls,
    ['^N', 'note'],
    ['Esc', 'decline'],
    ['^C', 'stop'],
  ];
}

function canLeave(view: RunView): boolean {
  return view.awaited?.can.includes('leave') === true;
}
