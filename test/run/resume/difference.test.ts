import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { firstDifference, hasMask, matchesRecorded } from '#run/resume/recorded-difference.ts';

const MASK = '‹secret:token›';

describe('a recorded text stands for', () => {
  test.each([
    ['itself', 'abc', 'abc', true],
    ['no other text', 'abc', 'abd', false],
    ['no longer text', 'abc', 'abcd', false],
    ['anything where it holds nothing but a mask', MASK, 'hunter2', true],
    ['nothing at all in the place of a mask', MASK, '', true],
    ['what begins and ends as it does', `a${MASK}z`, 'a-hunter-z', true],
    ['what begins otherwise in no case', `a${MASK}z`, 'b-hunter-z', false],
    ['what ends otherwise in no case', `a${MASK}z`, 'a-hunter-y', false],
    ['what has its middle between two masks', `${MASK}@host:${MASK}`, 'ada@host:pw', true],
    ['what lacks its middle in no case', `${MASK}@host:${MASK}`, 'ada@other:pw', false],
    ['what has its middle before its place in no case', `x${MASK}x${MASK}x`, 'xx', false],
    ['what has parts that overlap in no case', `ab${MASK}ba`, 'aba', false],
    ['what has parts that touch', `ab${MASK}ba`, 'abba', true],
    ['what has its middle again at its end in no case', `${MASK}-x${MASK}-x`, 'a-x', false],
  ])('%s', (_, recorded, text, expected) => {
    expect(matchesRecorded(recorded, text)).toBe(expected);
  });

  test('a mask is known by its signs', () => {
    expect([MASK, 'secret:token', '‹secret›', ''].map(hasMask)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

const noted = (more: object) =>
  ({ type: 'operator.noted', operator: 'ada', text: 'a', ...more }) as RunEvent;

describe('the first difference between two events is', () => {
  test.each([
    ['none in equal ones', {}, {}, undefined],
    ['none where a value is missing in both', { step: undefined }, {}, undefined],
    ['the field with another text', { text: 'a' }, { text: 'b' }, 'text'],
    ['the field with another number', { n: 1 }, { n: 2 }, 'n'],
    ['the field with a number for a text', { n: '1' }, { n: 1 }, 'n'],
    ['the field with a text for a number', { n: 1 }, { n: '1' }, 'n'],
    ['the field with null for false', { n: null }, { n: false }, 'n'],
    ['the field that is missing now', { n: 1 }, {}, 'n'],
    ['the field that was not there', {}, { n: 1 }, 'n'],
    ['the place inside', { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } }, 'a.b.1.c'],
    ['the list for a mapping', { a: ['x'] }, { a: { 0: 'x' } }, 'a'],
    ['the text for a list', { a: 'x' }, { a: ['x'] }, 'a'],
    ['the list for a text', { a: ['x'] }, { a: 'x' }, 'a'],
    ['the element that was cut off', { a: [1, 2] }, { a: [1] }, 'a.1'],
    ['the digest', { digest: 'd1' }, { digest: 'd2' }, 'digest'],
    [
      'none in a digest of what holds a mask',
      { text: MASK, digest: '1' },
      { digest: '2' },
      undefined,
    ],
    ['none where a mask hides it', { text: `a ${MASK}` }, { text: 'a b' }, undefined],
    ['none where a mask hides a number', { n: MASK }, { n: 7 }, undefined],
    ['the field that is missing now, where a mask was', { n: MASK }, {}, 'n'],
    ['the field with null where a mask was', { n: { x: MASK } }, { n: null }, 'n'],
  ])('%s', (_, recorded, decided, expected) => {
    expect(firstDifference(noted(recorded), noted(decided))).toBe(expected);
  });
});
