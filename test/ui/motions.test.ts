import { describe, expect, test } from 'vitest';
import type { Key } from '#ui/terminal/key.ts';
import { pressed, TO_THE_END, typing } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

const ENTER: Key = { name: 'enter' };
const ctrl = (letter: string): Key => ({ name: 'ctrl', letter });

describe('keys of less, vim and k9s', () => {
  const scrolls = (text: string): number =>
    pressed(story.resolved, typing(text), { rows: 10 }).state.scroll;

  test('move through a page, by lines, halves and to both ends', () => {
    expect(scrolls('jjj')).toBe(3);
    expect(scrolls('jjk')).toBe(1);
    expect(scrolls('jjg')).toBe(0);
    expect(scrolls('G')).toBeGreaterThan(scrolls(' '));
    const half = pressed(story.resolved, [ctrl('d')], { rows: 10 }).state.scroll;
    expect(half).toBeGreaterThan(1);
    expect(half).toBeLessThan(scrolls(' '));
    expect(pressed(story.resolved, [ctrl('d'), ctrl('u')], { rows: 10 }).state.scroll).toBe(0);
  });

  test('move in a list, and search it', () => {
    const cursor = (text: string) => {
      const { overlay } = pressed(story.atSecondStart, typing(text)).state;
      return overlay?.kind === 'jump' ? overlay.cursor : undefined;
    };
    const first = cursor(':g');
    expect(first).toBe(0);
    expect(cursor(':gjj')).toBe(2);
    expect(cursor(':gjjk')).toBe(1);
    expect(cursor(':G')).toBeGreaterThan(3);
    expect(cursor(':g/free')).toBeGreaterThan(0);
  });

  test('n finds the next match and N the one before', () => {
    const { overlay } = pressed(story.atSecondStart, [...typing(':g/who'), ENTER]).state;
    const at = (keys: readonly Key[]) => {
      const list = pressed(story.atSecondStart, [...typing(':g/the'), ENTER, ...keys]).state
        .overlay;
      return list?.kind === 'jump' ? list.cursor : -1;
    };
    expect(overlay).toMatchObject({ kind: 'jump', query: 'who' });
    expect(at(typing('n'))).not.toBe(at([]));
    expect(at(typing('nN'))).toBe(at([]));
  });

  test('search the last page', () => {
    const { overlay } = pressed(story.resolved, [...typing('/free'), ENTER]).state;
    expect(overlay).toMatchObject({ kind: 'pager', query: 'free' });
  });

  test('a key that does nothing says where the keys are', () => {
    for (const log of [story.atSecondStart, story.terminating, story.resolved, troubles.atFailure])
      expect(pressed(log, typing('z')).state.notice).toBe('? for keys');
  });

  test('none of them answers a question or confirms a gate', () => {
    const keys = [...typing('jkgG nN'), ctrl('d'), ctrl('u'), ctrl('f'), ctrl('b')];
    for (const log of [story.atGate, questions.atKeyGate, questions.atChoice, questions.atManual])
      expect(pressed(log, keys).effects).toEqual([]);
  });

  test('at a phrase Ctrl-D scrolls and letters are typed', () => {
    const { state } = pressed(story.atGate, [...TO_THE_END, ...typing('jG'), ctrl('d')]);
    expect(state.input.characters.join('')).toBe('jG');
    expect(state.overlay).toBeUndefined();
  });
});
