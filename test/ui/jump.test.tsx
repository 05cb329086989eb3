import { expect, test } from 'vitest';
import type { Key } from '#ui/terminal/key.ts';
import { frameOf, pressed, typing } from '../fixtures/frame.tsx';
import { afterChild, insideChild } from '../fixtures/inside-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';

const DOWN: Key = { name: 'down' };
const UP: Key = { name: 'up' };
const ENTER: Key = { name: 'enter' };

test('before a jump back it is said what will run again, and that it changes nothing', () => {
  const frame = frameOf(story.atChangeStart, { keys: [...typing(':'), UP, UP] });
  expect(frame).toContain('1 read will run again, which changes nothing.');
});

test('before a jump back over a change it is said that it stays done and asks again', () => {
  const frame = frameOf(story.afterVerify, { keys: [...typing(':'), UP, UP, UP, UP, UP, UP] });
  expect(frame.replaceAll(/\s*\n */g, ' ')).toContain(
    '“End sessions that have been idle too long” stays done, and asks again before it runs again.',
  );
});

test('before a jump ahead it is said what is passed over', () => {
  const frame = frameOf(story.atSecondStart, { keys: [...typing(':'), DOWN, DOWN] });
  expect(frame.replaceAll(/\s*\n */g, ' ')).toContain(
    'Skips “Who holds the connections?”, “What does the application say?”.',
  );
});

test('b says the same before it goes back, and Enter alone is fine', () => {
  const asked = frameOf(story.atSecondStart, { keys: typing('b') });
  expect(asked).toContain('Back to “How full is the server?”. 1 read will run again');
  expect(pressed(story.atSecondStart, [...typing('b'), ENTER]).effects).toEqual([
    { type: 'send', intent: { type: 'jump', step: 'capacity', reason: 'back' } },
  ]);
});

test('the steps of another runbook can be gone to only while the run is in it', () => {
  expect(frameOf(insideChild, { keys: typing(':') })).toContain('Count the sessions  done');
  const outside = frameOf(afterChild, { keys: typing(':') });
  for (const hidden of ['Count the sessions', 'The first host']) {
    expect(outside).not.toContain(hidden);
  }
});
