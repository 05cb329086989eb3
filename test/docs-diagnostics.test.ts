import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '../src/runbook/diagnostic.ts';

const page = readFileSync(new URL('../docs/reference/diagnostics.md', import.meta.url), 'utf8');
const folder = new URL('./fixtures/diagnostics/', import.meta.url);

/** What is really printed, by code. */
function shownFor(code: string): string {
  return readdirSync(folder)
    .filter((name) => name.split('.')[0] === code)
    .map((name) => readFileSync(new URL(`${name}/expected.txt`, folder), 'utf8'))
    .join('\n');
}

const entries = page
  .split(/^## /m)
  .slice(1)
  .map((entry) => ({ code: entry.slice(0, entry.indexOf('\n')), entry }));

describe('the page about diagnostics', () => {
  test('has an entry for every code, and for no other, in the order they are listed', () => {
    expect(entries.map(({ code }) => code)).toEqual([...DIAGNOSTIC_CODES]);
  });

  test('lists every entry at its top', () => {
    const listed = [...page.matchAll(/^- \[([\w-]+)\]\(#([\w-]+)\)$/gm)];
    expect(listed.map(([, name]) => name)).toEqual([...DIAGNOSTIC_CODES]);
    expect(listed.map(([, , anchor]) => anchor)).toEqual([...DIAGNOSTIC_CODES]);
  });

  test.each(entries)('shows for $code what is really printed', ({ code, entry }) => {
    const [, example = ''] = /^```\n(.*?)\n```$/ms.exec(entry) ?? [];
    expect(example).toContain(`[${code}]`);
    expect(shownFor(code)).toContain(example);
  });

  test.each(entries)('says of $code what it means and what to do', ({ entry }) => {
    const [before = '', , after = ''] = entry.split(/^```$/m);
    expect(before.trim().split('\n').length).toBeGreaterThan(1);
    expect(after.trim().length).toBeGreaterThan(10);
  });
});
