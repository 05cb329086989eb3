import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const { runbookPages } = await import(resolve('bin/documents/runbook-pages.js'));
const folder = resolve('docs/runbooks');
const REMEDY = 'make them again: node bin/documents.js';

test('every shipped runbook has a page, which says what the runbook says now', async () => {
  const pages: ReadonlyMap<string, string> = await runbookPages();
  expect(readdirSync(folder).toSorted(), REMEDY).toEqual([...pages.keys()].toSorted());
  for (const [name, text] of pages)
    expect(readFileSync(resolve(folder, name), 'utf8'), REMEDY).toBe(text);
});

test('a page leads from the symptoms over every step to prevention, and draws the way', () => {
  const page = readFileSync(resolve(folder, 'pool-exhausted.md'), 'utf8');
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(headings).toEqual(
    expect.arrayContaining(['Symptoms', 'Diagnose', 'Fix', 'Verify', 'Prevention']),
  );
  expect(page).toMatch(/^## Graph\n[\s\S]*```mermaid\nflowchart TD\n/m);
});
