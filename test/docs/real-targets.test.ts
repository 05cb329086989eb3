import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const { realTargetsPage } = await import(resolve('bin/documents/real-targets-page.js'));

test('the page of faults on real targets has those that tests solve', () => {
  expect(
    readFileSync(resolve('docs/reference/real-targets.md'), 'utf8'),
    'make it again: node bin/documents.js',
  ).toBe(realTargetsPage());
});
