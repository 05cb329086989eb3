import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { suspectsInRun } from '#cli/commands/runs/suspects.ts';
import { runCases } from '#rehearsal/run-cases.ts';
import { stageOf } from '#rehearsal/stage.ts';
import { sha256, shipped } from '../fixtures/compiled.ts';
import { casesOf } from '../fixtures/rehearsed.ts';
import { MemoryStore } from '../support/memory-store.ts';

const FOLDER = new URL('../../runbooks/', import.meta.url);
const NAMES = readdirSync(FOLDER).flatMap((file) =>
  file.endsWith('.yaml') && !file.endsWith('.test.yaml') ? [file.replace('.yaml', '')] : [],
);
const textOf = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');

test('the library has its runbooks', () => {
  expect(NAMES).toHaveLength(18);
});

test.each(NAMES)('nothing in any rehearsed run of %s looks like a secret', async (name) => {
  const runbook = shipped(name);
  const { results } = runCases(
    casesOf(runbook, textOf(`${name}.test.yaml`)),
    stageOf(runbook, sha256),
  );
  const now = new Date('2026-11-21T03:12:00Z');
  const source = { file: `${name}.yaml`, text: textOf(`${name}.yaml`) };
  const run = await new MemoryStore().create({ source, name, now, random: Math.random });
  const journal = await run.journal.open({ clock: () => now });
  // The text of the runbook is searched once for all of its cases.
  for (const { rehearsed } of results)
    for (const { event } of rehearsed.events) journal.append(event);
  await journal.close();
  expect(results.length).toBeGreaterThan(2);
  expect(await suspectsInRun(run)).toEqual([]);
});
