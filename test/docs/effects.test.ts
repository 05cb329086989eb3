import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knownCommands } from '#safety/effects/shell/command.ts';

const page = readFileSync(new URL('../../docs/reference/effects.md', import.meta.url), 'utf8');

test('the page about effects lists the commands that are known, and no others', () => {
  const list = page.slice(page.indexOf('## Known commands'));
  const listed = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(knownCommands().toSorted());
});
