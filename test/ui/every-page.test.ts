import type { Key as InkKey } from 'ink';
import { describe, expect, test } from 'vitest';
import { lineText } from '#ui/draw/line.ts';
import { areSeveral } from '#ui/keys/burst.ts';
import { press } from '#ui/keys/press.ts';
import type { ScreenState } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import { type Key, keysOf } from '#ui/terminal/key.ts';
import { type EventLog, momentAfter, viewOf } from '../fixtures/event-log.ts';
import { inputOf, pressed, typing } from '../fixtures/frame.tsx';
import * as inside from '../fixtures/inside-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const SMALL = { columns: 80, rows: 15 } as const;
const SEVERAL = 'Several keys at once: nothing was done.';
const ESCAPE: Key = { name: 'escape' };
const ctrl = (letter: string): Key => ({ name: 'ctrl', letter });

const COMMAND = {
  kind: 'sql',
  text: Array.from({ length: 30 }, (_, line) => `SELECT ${line};`).join('\n'),
  values: [],
  where: 'db',
} as const;

/** A command of the operator has just ended, and its result is on the screen. */
const afterCommand: EventLog = story.atSecondStart.add(
  {
    ...{ type: 'adhoc.entered', step: '!1', operator: 'ana', target: 'db', title: 'A command' },
    ...{ effect: 'read', because: [], action: COMMAND },
  },
  {
    ...{ type: 'step.started', step: '!1', visit: 1, part: 'action', attempt: 1, effect: 'read' },
    action: COMMAND,
  },
  20,
  {
    ...{ type: 'step.finished', step: '!1', visit: 1, part: 'action', attempt: 1, ms: 20 },
    ...{ status: 'succeeded', result: { columns: ['n'], rows: [{ n: 1 }], row_count: 1 } },
    outputs: [],
  },
  { type: 'step.settled', step: '!1', status: 'succeeded' },
);

/** The pages of a run on which letters are keys, with the keys that open them. */
const PAGES: readonly {
  readonly what: string;
  readonly log: EventLog;
  readonly opens?: readonly Key[];
}[] = [
  { what: 'the opening page', log: story.atFirstStart },
  { what: 'a step that waits', log: story.atSecondStart },
  { what: 'a running script', log: questions.runningShell },
  { what: 'steps side by side', log: inside.sideBySide },
  { what: 'a gate of one key', log: questions.atKeyGate },
  { what: 'a question with choices', log: questions.atChoice },
  { what: 'an instruction', log: questions.atManual },
  { what: 'a failure', log: troubles.atFailure },
  { what: 'a decision', log: troubles.atDecision },
  { what: 'an unknown outcome', log: troubles.atUnknown },
  { what: 'a stopped run', log: troubles.atStop },
  { what: 'the last page', log: story.resolved },
  { what: 'the output', log: story.atSecondStart, opens: typing('o') },
  { what: 'the details', log: story.atChangeStart, opens: typing('d') },
  { what: 'the whole runbook', log: story.atFirstStart, opens: typing('d') },
  { what: 'the help', log: story.atSecondStart, opens: typing('?') },
  { what: 'the list of steps', log: story.atSecondStart, opens: typing(':') },
  { what: 'the transcript', log: story.resolved, opens: typing('t') },
  { what: 'the postmortem', log: story.resolved, opens: typing('p') },
  {
    what: 'the search of the last page',
    log: story.resolved,
    opens: [...typing('/free'), { name: 'enter' }],
  },
  { what: 'the result of a command', log: afterCommand },
];

const MOVES: readonly Key[] = [
  ...typing('jkgG '),
  ...(['up', 'down', 'page-up', 'page-down', 'home', 'end'] as const).map((name) => ({ name })),
  ...Array.from('dufb', ctrl),
];

/** Returns where a page stands: the line or the entry at its mark. */
function placeOf({ overlay, scroll, cursor }: ScreenState): number {
  if (overlay === undefined) return scroll + cursor;
  if ('scroll' in overlay) return overlay.scroll;
  return 'cursor' in overlay ? overlay.cursor : 0;
}

function screenOf(log: EventLog, state: ScreenState): string {
  return drawFrame(inputOf(log, state, SMALL))
    .lines.map(lineText)
    .join('\n');
}

describe.each(PAGES)('on $what', ({ log, opens = [] }) => {
  const at = (keys: readonly Key[]) => pressed(log, [...opens, ...keys], SMALL);
  const place = (keys: readonly Key[]) => placeOf(at([...typing('g'), ...keys]).state);
  const before = at([]);

  test('keys that move answer nothing, open nothing and close nothing', () => {
    for (const key of MOVES) {
      const { state, effects } = at([key]);
      expect(effects).toEqual(before.effects);
      expect(state.overlay?.kind).toBe(before.state.overlay?.kind);
      expect(state.notice).toBeUndefined();
    }
  });

  test('they move as in less: j and k by one, half a page, a page, to both ends', () => {
    const isTail = log === questions.runningShell || log === inside.sideBySide;
    const start = isTail ? 'G' : 'g';
    const moved = (keys: readonly Key[]) => placeOf(at([...typing(start), ...keys]).state);
    const end = Math.abs(moved(typing(isTail ? 'g' : 'G')) - moved([]));
    const by = (keys: readonly Key[]) => Math.abs(moved(keys) - moved([]));
    const [one, other] = isTail ? ['k', 'j'] : ['j', 'k'];
    expect(by(typing(one))).toBe(Math.min(1, end));
    expect(by(typing(one + other))).toBe(0);
    const [half, back] = isTail ? ['u', 'd'] : ['d', 'u'];
    expect(by([ctrl(half)])).toBeLessThanOrEqual(by([ctrl(isTail ? 'b' : 'f')]));
    expect(by([ctrl(half)])).toBeGreaterThanOrEqual(Math.min(1, end));
    expect(by([ctrl(half), ctrl(back)])).toBe(0);
    if (!isTail) {
      expect(by(typing(' '))).toBe(by([ctrl('f')]));
      expect(by([{ name: 'page-down' }])).toBe(by(typing(' ')));
    }
  });

  test('the last line says what a key does that is not known, and that key does nothing', () => {
    const { state, effects } = at(typing('Z'));
    expect(effects).toEqual(before.effects);
    expect(state.overlay).toEqual(before.state.overlay);
    expect(state.notice).toMatch(/\? for keys|Esc goes back/);
    expect(screenOf(log, state)).toContain(state.notice);
  });

  test.each<readonly [what: string, burst: readonly Key[]]>([
    ['a word', typing('quays')],
    ['each key and Enter', [...typing('yqsabx12ed!:njk'), { name: 'enter' }]],
    ['a letter and Enter', [...typing('b'), { name: 'enter' }]],
    ['what is pasted', [{ name: 'paste', text: 'y' }]],
  ])('%s, all at once, does nothing, and the last line says so', (_, burst) => {
    const { state, effects } = pressed(log, opens, { ...SMALL, burst });
    expect(effects).toEqual(before.effects);
    expect(state.overlay).toEqual(before.state.overlay);
    expect(placeOf(state)).toBe(placeOf(before.state));
    expect(state.notice).toBe(SEVERAL);
    expect(screenOf(log, state)).toContain(SEVERAL);
  });

  test('/ searches, and Escape leads back', () => {
    const { state, effects } = at(typing('/'));
    expect(effects.filter(({ type }) => type === 'send')).toEqual([]);
    expect(state.overlay).toHaveProperty('search');
    const { overlay } = at([...typing('/'), ESCAPE, ESCAPE]).state;
    expect(overlay).toBeUndefined();
  });

  test('Enter never leaves the run', () => {
    const { effects } = at([{ name: 'enter' }]);
    expect(effects.map(({ type }) => type)).not.toContain('exit');
    expect(place([])).toBeGreaterThanOrEqual(0);
  });
});

test('Enter closes no result of a command that has just come; a moment later it does', () => {
  const early = pressed(afterCommand, [{ name: 'enter' }]);
  expect(early.state.overlay?.kind).toBe('said');
  expect(early.state.notice).toBe('Ignored: the command has just ended.');
  const late = pressed(afterCommand, [{ name: 'enter' }], { later: 1_000 });
  expect(late.state.overlay).toBeUndefined();
});

describe('keys that arrive at once', () => {
  const word = typing('quays');
  const later = (burst: readonly Key[], ms: number, then: readonly Key[]) => {
    const view = viewOf(questions.atChoice);
    const { state } = pressed(questions.atChoice, [], { burst });
    const now = momentAfter(questions.atChoice, ms);
    const [key = ESCAPE] = then;
    const about = { view, live: [], now, page: 5, scrollLimit: 0, columns: 80, isSeen: true };
    return press(state, key, about);
  };

  test('take what follows in another piece with them, but not a key pressed after that', () => {
    expect(later(word, 299, typing('2'))).toMatchObject({
      effects: [],
      state: { notice: SEVERAL },
    });
    expect(later(word, 300, typing('2')).effects).toHaveLength(1);
    expect(later([{ name: 'paste', text: 'x' }], 0, typing('2')).effects).toHaveLength(0);
    expect(later([{ name: 'paste', text: 'x' }], 300, typing('2')).effects).toHaveLength(1);
  });

  test('take the Enter that follows with them, whenever it comes', () => {
    const { effects, state } = later(word, 5_000, [{ name: 'enter' }]);
    expect(effects).toEqual([]);
    expect(state.notice).toContain('it follows a key that was not taken');
  });

  test('stop nothing that has no letter: Ctrl, arrows and pages work at once', () => {
    expect(later(word, 0, [{ name: 'down' }]).state.cursor).toBe(1);
    expect(later(word, 0, [ctrl('c')]).state.overlay?.kind).toBe('stop');
  });

  test.each([
    ['an answer', questions.atQuestion, []],
    ['a reason', story.atSecondStart, typing('s')],
    ['a search', story.atSecondStart, typing('/')],
    ['an input', troubles.atFailure, [...typing('e'), { name: 'down' }, ctrl('u')]],
  ] as const)('are text where %s is typed', (_, log, opens) => {
    const { state } = pressed(log, opens, { burst: word });
    expect(state.notice).toBeUndefined();
    expect(screenOf(log, state)).toContain('quays▏');
  });

  test('do nothing in the menus of Ctrl-C and q, which any other key closes', () => {
    for (const key of [ctrl('c'), ...typing('q')]) {
      const { state, effects } = pressed(story.atSecondStart, [key], { burst: typing('xqy') });
      expect(state.overlay?.kind).toMatch(/stop|leave/);
      expect(effects).toEqual([]);
    }
  });

  test.each([
    ['jjj', false],
    ['   ', false],
    ['j', false],
    ['jk', true],
    ['yes', true],
  ])('%j are several keys: %s', (text, several) => {
    expect(areSeveral(keysOf(text, {} as InkKey))).toBe(several);
  });

  test('with an Enter they are several; with more after an Enter they are pasted', () => {
    expect(areSeveral(keysOf('b\r', {} as InkKey))).toBe(true);
    expect(keysOf('\ra', {} as InkKey)).toEqual([{ name: 'paste', text: '\ra' }]);
    expect(keysOf('\r\r', {} as InkKey)).toEqual([{ name: 'enter' }]);
  });
});

describe('a question with choices', () => {
  const sent = (keys: readonly Key[], log: EventLog = questions.atChoice) =>
    pressed(log, keys).effects.flatMap((one) => (one.type === 'send' ? [one.intent] : []));

  test('is answered by a digit, or by Enter at the mark; the hint says so', () => {
    expect(sent(typing('2'))).toEqual([{ type: 'answer', value: 'some are free' }]);
    expect(sent([...typing('j'), { name: 'enter' }])).toEqual([
      { type: 'answer', value: 'some are free' },
    ]);
    const { state } = pressed(questions.atChoice, []);
    expect(screenOf(questions.atChoice, state)).toContain('1–3 answer  j k move  ⏎ answer with ▸');
  });

  test('is not answered by a digit that names no answer', () => {
    const { state, effects } = pressed(questions.atChoice, typing('4'));
    expect(effects).toEqual([]);
    expect(state.notice).toBe('There is no answer 4.');
  });

  test.each(['4', '0', 'y', 'x'])(
    'the Enter after %s, which is no answer, does not answer with the mark; a second one does',
    (key) => {
      const enter: Key = { name: 'enter' };
      const { state, effects } = pressed(questions.atChoice, [...typing(key), enter]);
      expect(effects).toEqual([]);
      expect(state.notice).toBe('Ignored: it follows a key that was not taken. Press it again.');
      expect(sent([...typing(key), enter, enter])).toHaveLength(1);
    },
  );

  test('the Enter after a digit answers nothing more', () => {
    const { state, effects } = pressed(questions.atChoice, [...typing('2'), { name: 'enter' }]);
    expect(effects).toHaveLength(1);
    expect(state.notice).toBe('Ignored: the digit has answered already.');
  });

  test('with ten answers or more a digit only moves, for 1 may be the start of 10', () => {
    const [last] = questions.atChoice.events.slice(-1);
    if (last?.event.type !== 'operator.awaited') throw new Error('it is no question');
    const choices = Array.from({ length: 12 }, (_, index) => `answer ${index + 1}`);
    const log = questions.atChoice.add({ ...last.event, choices });
    expect(sent(typing('3'), log)).toEqual([]);
    expect(sent([...typing('3'), { name: 'enter' }], log)).toEqual([
      { type: 'answer', value: 'answer 3' },
    ]);
    const { state } = pressed(log, []);
    expect(screenOf(log, state)).not.toContain('1–9');
  });
});
