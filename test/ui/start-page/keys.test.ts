import type { Key as InkKey } from 'ink';
import { describe, expect, test } from 'vitest';
import { textOf } from '#ui/keys/text-input.ts';
import type { Finding } from '#ui/start-page/page.ts';
import { pressStart } from '#ui/start-page/press.ts';
import {
  START,
  type StartEffect,
  type StartKey,
  type StartState,
  startKeysOf,
  withFinding,
} from '#ui/start-page/state.ts';
import type { Key } from '#ui/terminal/key.ts';
import { typing } from '../../fixtures/frame.tsx';
import { NOW, PAGE } from '../../fixtures/start-page.ts';

const ENTER: Key = { name: 'enter' };
const ESCAPE: Key = { name: 'escape' };
const DOWN: Key = { name: 'down' };
const UP: Key = { name: 'up' };
const LEAVE = [{ type: 'choose', choice: { type: 'leave' } }];
const ERROR = 'at start\nFATAL: sorry, too many clients already\n';

const FINDING: Finding = {
  shown: ['at start', 'FATAL: sorry, too many clients already'],
  records: 2,
  offers: ['too-many-connections', 'pool-exhausted', 'gone'].map((runbook) => ({
    ...{ runbook, isHere: runbook !== 'gone', title: runbook },
    ...{ evidence: 'FATAL: sorry, too many clients already', why: 'seen' },
  })),
};

function pressed(keys: readonly StartKey[], from: StartState = START, now = NOW) {
  const effects: StartEffect[] = [];
  let state = from;
  for (const key of keys) {
    const next = pressStart(state, key, { page: PAGE, now, pageSize: 3, scrollLimit: 5 });
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

function paste(text: string): StartKey {
  return { name: 'paste', text };
}

describe('on the list', () => {
  test('Enter opens nothing until something is selected, and says so', () => {
    const { state, effects } = pressed([ENTER]);
    expect(effects).toEqual([]);
    expect(state.notice).toMatch(/^Nothing is selected/);
  });

  test('/ searches: then letters are text, and what they select is opened by Enter', () => {
    const { state, effects } = pressed(typing('/pool /yq?jk'));
    expect(effects).toEqual([]);
    expect(textOf(state.search)).toBe('pool /yq?jk');
    expect(pressed([...typing('/leak'), ENTER]).effects).toEqual([
      { type: 'choose', choice: { type: 'run', runbook: 'connection-leak' } },
    ]);
    expect(pressed([...typing('/zebra'), ENTER]).effects).toEqual([]);
  });

  test('arrows go over runs and runbooks and stop at the ends', () => {
    expect(pressed([DOWN, ENTER]).effects).toEqual([
      { type: 'choose', choice: { type: 'resume', run: 'r4-pool' } },
    ]);
    expect(pressed([UP]).state.selected).toBe('runbook stale-connections');
    expect(pressed([DOWN, UP, UP]).state.selected).toBe('run r4-pool');
    expect(pressed([DOWN, { name: 'page-down' }]).state.selected).toBe('runbook pgbouncer');
  });

  test('letters move as in less and vim, and an unknown one says where the keys are', () => {
    expect(pressed(typing('jj')).state.selected).toBe(pressed([DOWN, DOWN]).state.selected);
    expect(pressed(typing('jjk')).state.selected).toBe(pressed([DOWN]).state.selected);
    expect(pressed(typing('G')).state.selected).toBe('runbook stale-connections');
    expect(pressed(typing('Gg')).state.selected).toBe('run r4-pool');
    const { state, effects } = pressed(typing('z'));
    expect([state.notice, effects]).toEqual(['/ searches, ? for keys', []]);
    expect(textOf(state.search)).toBe('');
  });

  test('what is selected stays so when more runs have been read', () => {
    const { state } = pressed([DOWN, DOWN]);
    const runs = PAGE.runs.filter(({ id }) => id !== 'r4-pool');
    const context = { page: { ...PAGE, runs }, now: NOW, pageSize: 3, scrollLimit: 5 };
    expect(pressStart(state, ENTER, context).effects).toEqual([
      { type: 'choose', choice: { type: 'resume', run: 'r2-dns' } },
    ]);
  });

  test('Escape clears the search and then leaves; q leaves, but not in a search', () => {
    expect(pressed([...typing('/pool'), ESCAPE]).effects).toEqual([]);
    expect(pressed([...typing('/pool'), ESCAPE, ESCAPE]).effects).toEqual(LEAVE);
    expect(pressed(typing('q')).effects).toEqual(LEAVE);
    expect(textOf(pressed(typing('/queue')).state.search)).toBe('queue');
    expect(pressed([{ name: 'ctrl', letter: 'c' }]).effects).toEqual(LEAVE);
  });

  test('? asks for help where nothing is searched; Escape, q and Enter only close it', () => {
    expect(pressed(typing('?')).state.help).toBe(0);
    for (const key of [ENTER, ESCAPE, ...typing('q?')]) {
      const closed = pressed([...typing('?'), key]);
      expect([closed.state.help, closed.effects]).toEqual([undefined, []]);
    }
    expect(pressed(typing('?jjk')).state.help).toBe(1);
    expect(pressed(typing('?G')).state.help).toBe(5);
    expect(pressed(typing('?z')).state.notice).toBe('Esc goes back');
  });
});

test('Ctrl-E goes from no environment through all, and what is opened is run in it', () => {
  const page = { ...PAGE, environments: ['prod', 'staging'] };
  const ctrlE: Key = { name: 'ctrl', letter: 'e' };
  const chosen = (keys: readonly StartKey[]) => {
    let state = START;
    for (const key of keys)
      state = pressStart(state, key, { page, now: NOW, pageSize: 3, scrollLimit: 5 }).state;
    const { effects } = pressStart(state, ENTER, { page, now: NOW, pageSize: 3, scrollLimit: 5 });
    return effects.map((one) => (one.type === 'choose' ? one.choice : one));
  };
  const run = { type: 'run', runbook: 'connection-leak' };
  expect(chosen([ctrlE, ...typing('/leak')])).toEqual([{ ...run, environment: 'prod' }]);
  expect(chosen([...typing('/leak'), ctrlE, ctrlE])).toEqual([{ ...run, environment: 'staging' }]);
  expect(chosen([...typing('/leak'), ctrlE, ctrlE, ctrlE])).toEqual([run]);
  expect(pressed([ctrlE]).state.notice).toBe('No config file defines environments.');
});

describe('an error', () => {
  test('that is pasted is looked at, its line ends open nothing', () => {
    const { state, effects } = pressed([paste(ERROR.replaceAll('\n', '\r'))]);
    expect(state.box?.text).toBe(ERROR);
    expect(effects).toEqual([{ type: 'classify', text: ERROR }]);
  });

  test('of one pasted word is searched for, and Tab looks at what was searched', () => {
    const { state, effects } = pressed([paste(' 57P01\n')]);
    expect([textOf(state.search), state.box, effects]).toEqual(['57P01', undefined, []]);
    expect(pressed([...typing('/57P01'), { name: 'tab' }]).effects).toEqual([
      { type: 'classify', text: '57P01' },
    ]);
  });

  test('that is one word and could hold a password is not put into the search', () => {
    const { state, effects } = pressed([paste('postgres://app:hunter2@db/shop')]);
    expect([textOf(state.search), effects]).toEqual([
      '',
      [{ type: 'classify', text: 'postgres://app:hunter2@db/shop' }],
    ]);
  });

  test('is opened by Enter once it has been read, and not before', () => {
    const read = pressed([paste(ERROR)]).state;
    expect(pressed([ENTER], read)).toMatchObject({
      effects: [],
      state: { notice: 'Still reading.' },
    });
    const found = withFinding(read, ERROR, FINDING);
    expect(pressed([ENTER], found).effects).toEqual([
      { type: 'choose', choice: { type: 'run', runbook: 'too-many-connections' } },
    ]);
    expect(pressed([DOWN, ENTER], found).effects).toEqual([
      { type: 'choose', choice: { type: 'run', runbook: 'pool-exhausted' } },
    ]);
    expect(pressed([DOWN, DOWN, DOWN, ENTER], found)).toMatchObject({
      effects: [],
      state: { notice: 'The runbook gone is not installed.' },
    });
  });

  test('that has changed meanwhile is not what was found', () => {
    const { state } = pressed([paste(ERROR), ...typing('x')]);
    expect(withFinding(state, ERROR, FINDING)).toBe(state);
    const found = withFinding(pressed([paste(ERROR)]).state, ERROR, FINDING);
    expect(pressed([...typing('x'), ENTER], found).effects).toEqual([
      { type: 'classify', text: `${ERROR}x` },
    ]);
  });

  test('takes letters, another paste on a line of its own, and Backspace; Escape goes back', () => {
    const keys = [paste('one two'), paste('q?é'), { name: 'backspace' } as const];
    expect(pressed(keys).state.box?.text).toBe('one two\nq?');
    expect(pressed([...keys, { name: 'ctrl', letter: 'u' }]).state.box?.text).toBe('');
    const back = pressed([...keys, ESCAPE]);
    expect(back.state.box).toBeUndefined();
    expect(back.effects).not.toContainEqual(LEAVE[0]);
  });

  test('of a megabyte is cut to its end', () => {
    const { state } = pressed([paste(`${'x y\n'.repeat(300_000)}the end`)]);
    expect(state.box?.text).toHaveLength(262_144);
    expect(state.box?.text.endsWith('the end')).toBe(true);
  });
});

describe('where the terminal does not mark what is pasted', () => {
  const plain = {} as InkKey;

  test('lines that come at once are one text, and its last Enter opens nothing', () => {
    const keys = startKeysOf('FATAL: sorry,\rtoo many\r', plain);
    expect(keys).toEqual([{ name: 'piece', text: 'FATAL: sorry,\rtoo many\r' }]);
    const { state, effects } = pressed([...keys, ENTER]);
    expect(effects).toEqual([{ type: 'classify', text: 'FATAL: sorry,\ntoo many\n' }]);
    expect(state.notice).toBeUndefined();
    const word = pressed([...startKeysOf('pool\r', plain), ENTER]);
    expect([textOf(word.state.search), word.effects]).toEqual(['pool', []]);
    expect(pressed([ENTER], word.state, NOW + 1_000).effects).toHaveLength(1);
  });

  test('letters that come at once are keys nowhere, and neither is what follows them', () => {
    const burst = (from: StartState, text: string, now = NOW, isOfSeveral = true) => {
      const about = { page: PAGE, now, pageSize: 3, scrollLimit: 5, isOfSeveral };
      return typing(text).reduce<ReturnType<typeof pressStart>>(
        ({ state, effects }, key) => {
          const next = pressStart(state, key, about);
          return { state: next.state, effects: [...effects, ...next.effects] };
        },
        { state: from, effects: [] },
      );
    };
    for (const from of [START, pressed(typing('?')).state]) {
      const { state, effects } = burst(from, 'jq/?n');
      expect(effects).toEqual([]);
      expect(state).toEqual({
        ...from,
        notice: 'Several keys at once: nothing was done.',
        pieceAt: NOW,
      });
      expect(burst(state, 'q', NOW + 299, false).effects).toEqual([]);
      expect(burst(state, 'j', NOW + 300, false).state.notice).toBeUndefined();
    }
    expect(textOf(burst(pressed(typing('/')).state, 'quays').state.search)).toBe('quays');
  });

  test('letters typed over a slow line are still typed', () => {
    expect(startKeysOf('pool', plain)).toEqual(typing('pool'));
    expect(startKeysOf('\u001adns', plain)).toEqual(typing('dns'));
  });
});
