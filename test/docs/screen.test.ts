import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const { screenPage } = await import(resolve('bin/documents/screen-page.js'));

test('the page about the screen has pictures of what real runs show now', async () => {
  expect(
    readFileSync(resolve('docs/operate/screen.md'), 'utf8'),
    'make it again: node bin/documents.js',
  ).toBe(await screenPage());
});
