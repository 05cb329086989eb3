import { choicesOf, waysOutOf } from '../events/choices.ts';
import { widthOf } from '../events/text-width.ts';
import type { RunView } from '../events/view.ts';
import {
  ACCENT,
  BOLD,
  cutLine,
  DIM,
  type Line,
  line,
  lineWidth,
  span,
  WARN,
  wrapped,
} from './line.ts';
import { type Overlay, type ScreenState, typesInPane } from './screen-state.ts';
import { inputLine } from './text-input.ts';

/** A key and what it does now. */
type Hint = readonly [key: string, label: string];

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
  return [hintLine(hints(view, state, canScroll), width, inPane ? undefined : notice)];
}

/** As many keys as fit; the last two are how to get help and how to get out, and always fit. */
function hintLine(all: readonly Hint[], width: number, notice: string | undefined): Line {
  const start: Line = notice === undefined ? [] : [span(` ${notice} `, WARN)];
  const pinned = all.slice(-2);
  let room = width - lineWidth(start) - pinned.reduce((sum, hint) => sum + hintWidth(hint), 0);
  const shown = all.slice(0, -2).filter((hint) => {
    room -= hintWidth(hint);
    return room >= 0;
  });
  const keys = [...shown, ...pinned].flatMap(([key, label]) => [
    span(` ${key}`, ACCENT),
    span(` ${label} `),
  ]);
  return cutLine([...start, ...keys], width);
}

function hintWidth([key, label]: Hint): number {
  return widthOf(key) + widthOf(label) + 3;
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
      return [...startHints(view), ...LOOKS.slice(0, 3), ...scrolls, ...LOOKS.slice(3), leave];
    case 'decision':
      return [['1–9', 'choose'], ...scrolls, ...LOOKS, leave];
    default:
      return [...scrolls, ...LOOKS, leave];
  }
}

const AT_START = ['continue', 'auto', 'skip', 'jump', 'back'];

function startHints(view: RunView): readonly Hint[] {
  const choices = choicesOf(view);
  return AT_START.flatMap((name): readonly Hint[] => {
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

function overlayLines(
  overlay: Overlay,
  view: RunView,
  notice: string | undefined,
  width: number,
): readonly Line[] {
  const keys = (...all: readonly Hint[]) => hintLine(all, width, notice);
  switch (overlay.kind) {
    case 'entry':
      return [
        [span(` ${overlay.question}`, BOLD)],
        inputLine(line(' > '), overlay.input, width - 1),
        keys(['⏎', 'done'], ['Esc', 'back']),
      ];
    case 'pager':
      if (overlay.search !== undefined) return [inputLine(line(' /'), overlay.search, width - 1)];
      return [
        keys(
          ['↑↓ PgUp PgDn', 'scroll'],
          ['/', 'search'],
          ...(overlay.query === '' ? [] : [['n N', `next ${overlay.query}`] as const]),
          ['g G', 'ends'],
          ['Esc', 'back'],
        ),
      ];
    case 'help':
      return [keys(['↑↓', 'scroll'], ['any other key', 'back'])];
    case 'jump':
      return [keys(['↑↓', 'choose'], ['⏎', 'go there'], ['Esc', 'back'])];
    case 'edit':
      return [keys(['↑↓', 'input'], ['⏎', 'retry with these'], ['Esc', 'back'])];
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
        keys(['y', 'leave'], ['any other key', 'stay']),
      ];
  }
}
