import { expect, test } from 'vitest';
import { headWithin, widthOf } from '#text/width.ts';

const FULL = 'The server is full: 16 connections, 15 ordinary slots (max_connections 20).';

test('a sentence that fits is whole', () => {
  expect(headWithin(FULL, 80)).toBe(FULL);
});

test.each([
  [60, 'The server is full: 16 connections, 15 ordinary slots…'],
  [40, 'The server is full: 16 connections…'],
  [30, 'The server is full…'],
])('in %i columns the last whole clause that fits ends it', (width, head) => {
  expect(headWithin(FULL, width)).toBe(head);
});

test('a short first clause does not stand for a long sentence: it ends after a word', () => {
  const text = 'No: shop-web from 10.0.0.7 has sessions that are unused';
  expect(headWithin(text, 30)).toBe('No: shop-web from 10.0.0.7…');
});

test('a text without words is cut to the width', () => {
  expect(widthOf(headWithin('x'.repeat(50), 20))).toBe(20);
});
