import { describe, expect, test } from 'vitest';
import type { EventOf } from '#events/log/event.ts';
import { lineText } from '#ui/draw/line.ts';
import { press } from '#ui/keys/press.ts';
import { OPENED, type ScreenState, stateFor } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import type { Key } from '#ui/terminal/key.ts';
import type { EventLog } from '../../fixtures/event-log.ts';
import { frameOf, inputOf, pressed, TO_THE_END, typing } from '../../fixtures/frame.tsx';
import * as story from '../../fixtures/pool-exhausted-log.ts';
import * as questions from '../../fixtures/question-log.ts';

const ENTER: Key = { name: 'enter' };
const SPACE: Key = { name: 'text', text: ' ' };
const AWAITED = {
  type: 'operator.awaited',
  step: 'terminate_idle',
  for: 'gate',
  can: ['confirm', 'decline', 'refresh', 'note', 'leave'],
} as const;

const GATE: EventOf<'gate.opened'> = {
  type: 'gate.opened',
  step: 'terminate_idle',
  title: 'Clear the cache',
  effect: 'change',
  action: { kind: 'shell', text: 'rm -rf -- cache', values: [], where: 'shop · oncall@shop-1' },
  digest: 'd1',
  level: 'key',
  operator: 'ana',
};

function gateLog(gate: Partial<EventOf<'gate.opened'>>): EventLog {
  return questions.runningShell.add(
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    { ...GATE, ...gate },
    AWAITED,
  );
}

const LONG = Array.from({ length: 302 }, (_, index) => `echo line-${index + 1}-of-it`).join('\n');
const long = gateLog({ action: { ...GATE.action, text: LONG } });

describe('a gate that does not fit', () => {
  test('is not confirmed before its end was on the screen, and says how to get there', () => {
    expect(pressed(long, typing('y')).effects).toEqual([]);
    expect(frameOf(long)).toContain('Space to the end, then y run it');
    expect(frameOf(long, { keys: typing('y') })).toContain('Not accepted: scroll to the end first');
  });

  test('is scrolled by Space so that every line is seen, and is confirmed then', () => {
    const seen = scrolled(long);
    const keys = TO_THE_END.slice(0, 28);
    expect(pressed(long, [...keys.slice(0, 5), ...typing('y')]).effects).toEqual([]);
    for (let line = 1; line <= 302; line += 1) expect(seen).toContain(`line-${line}-of-it`);
    expect(pressed(long, [...keys, ...typing('y')]).effects).toMatchObject([
      { type: 'send', intent: { type: 'confirm', digest: 'd1' } },
    ]);
  });

  test('takes no letter of a phrase, no paste and no Enter before', () => {
    const log = gateLog({ action: { ...GATE.action, text: LONG }, level: 'type', phrase: 'shop' });
    const early: readonly Key[] = [...typing('shop'), { name: 'paste', text: 'shop' }, ENTER];
    expect(pressed(log, early)).toMatchObject({
      effects: [],
      state: { input: { characters: [] } },
    });
    expect(frameOf(log)).toContain('Type shop to run it: Space to the end first');
    const keys = [...TO_THE_END, ...typing('shop'), ENTER];
    expect(pressed(log, keys).effects).toMatchObject([{ intent: { phrase: 'shop' } }]);
  });

  test('is not seen by keys that arrive before anything of it was drawn', () => {
    const log = gateLog({ action: { ...GATE.action, text: LONG } });
    let state: ScreenState = stateFor(OPENED, inputOf(log, OPENED, {}).view);
    const { view, now, live } = inputOf(log, state, {});
    const frame = drawFrame(inputOf(log, state, {}));
    const effects = [...TO_THE_END, ...TO_THE_END, ...typing('y')].flatMap((key) => {
      const about = { ...frame, view, now, live, columns: 78, isSeen: true };
      const next = press(state, key, about);
      state = next.state;
      return next.effects;
    });
    expect(effects).toEqual([]);
  });

  test('stays seen for what was confirmed to be the same, and not for another', () => {
    const { state } = pressed(long, TO_THE_END, { columns: 120, rows: 400 });
    expect(state.seenGate).toBe('d1');
    const again = long.add(
      { ...GATE, action: { ...GATE.action, text: LONG }, digest: 'd1' },
      AWAITED,
    );
    const other = long.add(
      { ...GATE, action: { ...GATE.action, text: LONG }, digest: 'd2' },
      AWAITED,
    );
    for (const [log, count] of [
      [again, 1],
      [other, 0],
    ] as const) {
      const input = inputOf(log, state, {});
      const frame = drawFrame(input);
      const about = { ...frame, view: input.view, now: input.now, live: [], columns: 78 };
      const next = press(
        stateFor(state, input.view),
        { name: 'text', text: 'y' },
        { ...about, isSeen: true },
      );
      expect(next.effects).toHaveLength(count);
    }
  });

  test('may still be declined, noted on and left', () => {
    expect(pressed(long, [{ name: 'escape' }]).state.overlay).toMatchObject({ kind: 'entry' });
    expect(pressed(long, typing('n')).state.overlay).toMatchObject({ kind: 'entry' });
  });
});

test('blanks and empty lines cannot push the end out of sight', () => {
  const text = `rm -rf -- cache${' '.repeat(2_500)}; rm -rf -- /srv\n${'\n'.repeat(300)}rm -rf -- /var`;
  const frame = frameOf(gateLog({ action: { ...GATE.action, text } }));
  expect(frame).toContain('‹2500 blanks›; rm -rf -- /srv');
  expect(frame).toContain('‹300 empty lines›');
  expect(frame).toContain('rm -rf -- /var');
  expect(frame).toMatch(/ y run it/);
});

test('standard input of many lines is scrolled through like a script', () => {
  const stdin = `${Array.from({ length: 60 }, (_, index) => `row ${index + 1}`).join('\n')}\n`;
  const log = gateLog({ action: { ...GATE.action, text: 'cat > answer', stdin } });
  expect(frameOf(log)).toContain('standard input, 60 lines, 411 characters:');
  expect(pressed(log, typing('y')).effects).toEqual([]);
  expect(frameOf(log, { keys: TO_THE_END })).toContain('row 60');
  expect(pressed(log, [...TO_THE_END, ...typing('y')]).effects).toHaveLength(1);
});

/** All that Space after Space brings onto the screen, until nothing more comes. */
function scrolled(log: EventLog, options: { columns?: number; rows?: number } = {}): string {
  let state = stateFor(OPENED, inputOf(log, OPENED, options).view);
  const frames: string[] = [];
  for (;;) {
    const input = inputOf(log, state, options);
    const frame = drawFrame(input);
    frames.push(frame.lines.map(lineText).join('\n'));
    if (frame.shownScroll >= frame.scrollLimit) return frames.join('\n');
    const about = { ...frame, view: input.view, now: input.now, live: [], isSeen: true };
    state = press(state, SPACE, { ...about, columns: frame.pagerWidth }).state;
  }
}

const PATH = 'resolve_the_shop/find_the_holders/db';
const rows = Array.from({ length: 9 }, (_, index) => ({
  pid: 11278 + index,
  usename: 'shop',
  state: 'idle',
}));
const inside = gateLog({
  title: 'End sessions that have been idle too long',
  effect: 'destructive',
  level: 'type',
  phrase: 'shop',
  warning: 'Their clients get 57P01 and must reconnect, and what they had begun is rolled back.',
  undo: 'Clients reconnect by themselves.',
  action: {
    kind: 'sql',
    text: 'SELECT pid, pg_terminate_backend(pid) AS ended\nFROM pg_stat_activity\nWHERE pid = ANY ($1)\n  AND state = $2\nORDER BY pid',
    values: ['{11278,11279,11280}', 'idle'],
    where: `${PATH} · postgres oncall@127.0.0.1:43927/shop`,
  },
  preview: {
    columns: ['pid', 'usename', 'state'],
    rows,
    freshForMs: 30_000,
    at: '2026-11-21T03:12:28.176Z',
  },
});

test.each([
  [60, 15],
  [60, 18],
  [70, 16],
  [80, 24],
  [100, 30],
  [129, 20],
  [200, 50],
])('title, target, number of rows and who they are is in sight at %i by %i', (columns, size) => {
  const frame = frameOf(inside, { columns, rows: size });
  expect(frame.split('\n').length).toBeLessThanOrEqual(size);
  expect(frame).toContain('End sessions that have been idle too long');
  const words = frame.replaceAll(/[║│\s]+/g, ' ');
  expect(words).toContain('postgres oncall@127.0.0.1:43927/shop');
  expect(frame).toContain('9 sessions to terminate');
  expect(frame).toMatch(/pid/);
  expect(frame).toMatch(/in all rows: {3}usename shop|11278\b.*\bshop\b/);
  expect(frame).toContain('Type shop to run it: ');
  // What was left out can be scrolled to, and nothing stays unseen.
  const all = scrolled(inside, { columns, rows: size });
  const details = frameOf(inside, { columns, rows: 120, keys: [{ name: 'tab' }] });
  for (const { pid } of rows) expect(details).toContain(String(pid));
  expect(all).toContain('$1 = {11278,11279,11280}');
  expect(all.replaceAll(/[║│\s]+/g, ' ')).toContain('and what they had begun is rolled back.');
  expect(all).toContain('Clients reconnect by themselves.');
});

test('with the finding that led to it, too, Space brings every line into sight at every height', () => {
  const found = questions.runningShell.add(
    {
      ...{ type: 'branch.taken', step: 'app_log', clause: 0, by: 'condition' },
      ...{ goto: 'terminate_idle', values: [], notTaken: [] },
      finding: `9 sessions are idle. ${'They hold what others need. '.repeat(6)}`,
    },
    { type: 'step.entered', step: 'terminate_idle', visit: 1 },
    inside.events.at(-2)?.event ?? AWAITED,
    AWAITED,
  );
  const texts = ['FROM pg_stat', 'AND state = $2', 'ORDER BY pid', '$2 = idle', 'is rolled back'];
  expect(frameOf(found)).toContain('Why: 9 sessions are idle.');
  for (let size = 15; size <= 40; size += 1) {
    const all = scrolled(found, { columns: 80, rows: size }).replaceAll(/[║│\s]+/g, ' ');
    const listed = all.includes(' # rows pid ')
      ? [' a 9 11278 … ', 'in all rows: usename shop state idle']
      : rows.map(({ pid }) => ` ${pid} shop`);
    const isCut = all.includes('more lines: Tab shows all') && !all.includes('Space to the end');
    for (const text of [...(isCut ? [] : texts), ...listed]) expect(all).toContain(text);
  }
});

test.each([
  [59, 24],
  [80, 14],
  [20, 5],
])(
  'a terminal of %i by %i is too small for a gate: nothing is confirmed there',
  (columns, size) => {
    const options = { columns, rows: size };
    const small = gateLog({});
    expect(pressed(small, [...TO_THE_END, ...typing('y')], options).effects).toEqual([]);
    expect(pressed(inside, [...TO_THE_END, ...typing('shop'), ENTER], options).effects).toEqual([]);
    expect(pressed(small, [{ name: 'escape' }], options).state.overlay).toBeDefined();
  },
);

test('values that are columns of the rows are listed where such a column is not in sight', () => {
  const seen = scrolled(story.atGate);
  expect(seen).toContain('2026-11-21T01:20:07.512Z}');
});

describe('an Enter behind a key that was not taken', () => {
  const press2 = (state: ScreenState, key: Key, isSeen: boolean, log: EventLog) => {
    const input = inputOf(log, state, {});
    const frame = drawFrame(input);
    return press(state, key, {
      ...frame,
      view: input.view,
      now: input.now,
      live: [],
      columns: 78,
      isSeen,
    });
  };

  test('answers nothing either; the next one does', () => {
    const log = questions.atChoice;
    const opened = stateFor(OPENED, inputOf(log, OPENED, {}).view);
    const early = press2(opened, { name: 'text', text: '2' }, false, log);
    const rest = press2(early.state, ENTER, true, log);
    expect(rest).toMatchObject({ effects: [], state: { notice: /follows a key/ } });
    expect(press2(rest.state, ENTER, true, log).effects).toHaveLength(1);
  });

  test('answers nothing where the key came while the step still ran', () => {
    const running = questions.runningShell;
    const opened = stateFor(OPENED, inputOf(running, OPENED, {}).view);
    const early = press2(opened, { name: 'text', text: '2' }, true, running);
    const log = questions.atChoice;
    const asked = stateFor(early.state, inputOf(log, early.state, {}).view);
    expect(press2(asked, ENTER, true, log).effects).toEqual([]);
  });

  test('counts where another key was taken in between', () => {
    const log = questions.atChoice;
    const opened = stateFor(OPENED, inputOf(log, OPENED, {}).view);
    const early = press2(opened, { name: 'text', text: '2' }, false, log);
    const down = press2(early.state, { name: 'down' }, true, log);
    expect(press2(down.state, ENTER, true, log).effects).toHaveLength(1);
  });
});

test('lines are no wider and no more than the terminal', () => {
  for (const [columns, size] of [
    [60, 15],
    [61, 17],
    [80, 24],
    [20, 6],
  ] as const) {
    const frame = drawFrame(inputOf(inside, OPENED, { columns, rows: size }));
    expect(frame.lines.length).toBeLessThanOrEqual(size);
    for (const one of frame.lines) expect(lineText(one).length).toBeLessThanOrEqual(columns);
  }
});
