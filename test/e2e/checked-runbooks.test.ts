import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator, type Operator } from './operator.ts';

const runbook = (name: string, step: string) => `name: ${name}
title: About ${name}
summary: Look at ${name}.
steps:
  - ${step}
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

/** The kept entries of an operator's own runbooks, each with its path. */
function entriesOf(kim: Operator): readonly string[] {
  const builds = join(kim.home, '.cache/runbook/checked');
  return readdirSync(builds).flatMap((build) =>
    readdirSync(join(builds, build)).map((name) => join(builds, build, name)),
  );
}

function entryOf(kim: Operator, title: string): string {
  const found = entriesOf(kim).find((path) => readFileSync(path, 'latin1').includes(title));
  if (found === undefined) throw new Error(`nothing is kept of ${title}`);
  return found;
}

function changeEntry(path: string, change: (bytes: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'latin1')), 'latin1');
}

/** An operator with a runbook that runs another one, both checked before. */
async function checkedBefore(): Promise<Operator> {
  const kim = newOperator({ XDG_CACHE_HOME: '' });
  kim.writeRunbook('inner', runbook('inner', '{ id: look, effect: read, shell: date }'));
  kim.writeRunbook('outer', runbook('outer', '{ id: open, runbook: inner }'));
  expect((await kim.run(['validate', 'outer'])).code).toBe(0);
  return kim;
}

async function listed(kim: Operator, name: string): Promise<Record<string, unknown> | undefined> {
  const { stdout } = await kim.run(['list', '--json']);
  return JSON.parse(stdout).find((one: { name: string }) => one.name === name);
}

test('a runbook that was checked before is listed and loaded from what was kept of it', async () => {
  const kim = await checkedBefore();
  const entry = entryOf(kim, 'About outer');
  changeEntry(entry, (bytes) => bytes.replace('"title":"About outer"', '"title":"Kept title!"'));
  expect(await listed(kim, 'outer')).toMatchObject({ valid: true, title: 'Kept title!' });
  expect((await kim.run(['show', 'outer'])).stdout).toContain('About outer');
});

test('one that is damaged is checked again, and kept again', async () => {
  const kim = await checkedBefore();
  const entry = entryOf(kim, 'About inner');
  const before = readFileSync(entry);
  changeEntry(entry, (bytes) => bytes.replaceAll('look', 'cook'));
  const { code, stdout } = await kim.run(['show', 'inner']);
  expect(code).toBe(0);
  expect(stdout).toContain('look');
  expect(stdout).not.toContain('cook');
  expect(readFileSync(entry)).toEqual(before);
  for (const text of ['', 'no entry', '{}\n', 'null\n', '{"inner":{}}\n']) {
    writeFileSync(entry, text);
    expect(await listed(kim, 'inner')).toMatchObject({ valid: true, title: 'About inner' });
  }
});

test('a runbook is checked again when one inside it has changed', async () => {
  const kim = await checkedBefore();
  kim.writeRunbook('inner', runbook('inner', '{ id: look, effect: read, shell: rm -r x }'));
  const { code, stdout } = await kim.run(['validate', 'outer']);
  expect(code).not.toBe(0);
  expect(stdout).toContain('the runbook "inner" is not valid');
  expect(await listed(kim, 'outer')).toMatchObject({ valid: false });
});

test('the warnings of a runbook are told each time', async () => {
  const kim = newOperator({ XDG_CACHE_HOME: '' });
  kim.writeRunbook('warned', runbook('warned', '{ id: end, effect: destructive, shell: rm -r x }'));
  const first = await kim.run(['validate', 'warned']);
  expect(first.stdout).toContain('warning');
  expect(entriesOf(kim)).toHaveLength(1);
  expect(await kim.run(['validate', 'warned'])).toEqual(first);
});

test('what is kept is private, and not believed where others could write it', async () => {
  const kim = await checkedBefore();
  const entry = entryOf(kim, 'About outer');
  const folder = join(entry, '..');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(entry).mode & 0o777).toBe(0o600);
  changeEntry(entry, (bytes) => bytes.replace('"title":"About outer"', '"title":"Kept title!"'));
  chmodSync(folder, 0o770);
  expect(await listed(kim, 'outer')).toMatchObject({ title: 'About outer' });
});

test('without a place to keep them, runbooks are checked each time', async () => {
  const kim = newOperator({ XDG_CACHE_HOME: '/proc' });
  kim.writeRunbook('inner', runbook('inner', '{ id: look, effect: read, shell: date }'));
  expect(await listed(kim, 'inner')).toMatchObject({ valid: true });
  expect(await listed(kim, 'inner')).toMatchObject({ valid: true });
});
