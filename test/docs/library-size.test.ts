import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const { librarySizePage } = await import(resolve('bin/documents/library-size-page.js'));
const page: string = librarySizePage();

test('the page about the size of the library has the lines of today', () => {
  expect(
    readFileSync(resolve('docs/contribute/library-size.md'), 'utf8'),
    'make it again: node bin/documents.js',
  ).toBe(page);
});

test('every shipped runbook is counted', () => {
  const names = readdirSync(resolve('runbooks')).filter((name) => /^[\w-]+\.yaml$/.test(name));
  for (const name of names) expect(page).toContain(`| ${name.replace('.yaml', '')} |`);
});
