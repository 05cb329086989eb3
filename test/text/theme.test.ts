import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = new URL('../../src', import.meta.url).pathname;

/** A style of a terminal, a color of a page, and Node's own colors. */
const STYLED = /\\u001b\[\d[\d;]*m|\\x1b\[|['"`: ]#(?:[0-9a-f]{3}|[0-9a-f]{6})(?![\w(])|styleText/i;

test('every color and style of text comes from the theme', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && file !== join('text', 'theme.ts'),
  );
  const own = files.filter((file) => STYLED.test(readFileSync(join(SOURCE, file), 'utf8')));
  expect(files.length).toBeGreaterThan(500);
  expect(own).toEqual([]);
});
