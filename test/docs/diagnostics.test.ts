import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '#runbook/diagnostic.ts';

const room = new URL('../../docs/reference/diagnostics/', import.meta.url);
const index = readFileSync(new URL('README.md', room), 'utf8');
const folder = new URL('../fixtures/diagnostics/', import.meta.url);

/** What is really printed, by code. */
function shownFor(code: string): string {
  return readdirSync(folder)
    .filter((name) => name.split('.')[0] === code)
    .map((name) => readFileSync(new URL(`${name}/expected.txt`, folder), 'utf8'))
    .join('\n');
}

const entries = readdirSync(room)
  .filter((file) => file !== 'README.md')
  .flatMap((file) =>
    readFileSync(new URL(file, room), 'utf8')
      .split(/^## /m)
      .slice(1)
      .map((entry) => ({ code: entry.slice(0, entry.indexOf('\n')), entry, file })),
  );

describe('the pages about diagnostics', () => {
  test('have an entry for every code, once, and for no other', () => {
    expect(entries.map(({ code }) => code).toSorted()).toEqual(DIAGNOSTIC_CODES.toSorted());
  });

  test('are listed entry by entry on the first page', () => {
    const listed = [...index.matchAll(/^- \[([\w-]+)\]\(([\w-]+\.md)#([\w-]+)\)$/gm)];
    expect(listed.map(([, name, file, anchor]) => [name, file, anchor]).toSorted()).toEqual(
      entries.map(({ code, file }) => [code, file, code]).toSorted(),
    );
  });

  test.each(entries)('shows for $code what is really printed', ({ code, entry }) => {
    const [, example = ''] = /^```\n(.*?)\n```$/ms.exec(entry) ?? [];
    expect(example).toContain(`[${code}]`);
    expect(shownFor(code)).toContain(example);
  });

  test.each(entries)('says of $code what it means and what to do', ({ entry }) => {
    const [before = '', , after = ''] = entry.split(/^```$/m);
    expect(before.trim().length).toBeGreaterThan(30);
    expect(after.trim().length).toBeGreaterThan(10);
  });
});
