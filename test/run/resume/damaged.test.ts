import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newestUnfinished } from '#cli/commands/resume/unfinished-run.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { runbookCommand } from '../../support/start-command.ts';
import { createRun } from '../../support/stores.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = `name: waits
title: Waits
severity: low
summary: It waits.
steps:
  - { id: ask, title: Ask, manual: Go on? }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Done. } }
`;
const FINISHES = RUNBOOK.replace('name: waits', 'name: ends').replace(/ {2}- \{ id: ask.*\n/, '');

function setUp() {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'waits.yaml'), RUNBOOK);
  writeFileSync(join(cwd, 'ends.yaml'), FINISHES);
  const runbook = (...args: string[]) => runbookCommand(args, { cwd });
  const runs = () => readdirSync(join(cwd, 'state', 'runs')).toSorted();
  const journal = (id: string) => join(cwd, 'state', 'runs', id, 'journal.jsonl');
  const damage = (id: string) =>
    writeFileSync(
      journal(id),
      readFileSync(journal(id), 'utf8')
        .replace('"kim"', '"eve"')
        .replace('It waits', 'It sits')
        .replace('Done.', 'Over.'),
    );
  return { runbook, runs, damage, journal };
}

test('resume without an ID names an unfinished run that is damaged', () => {
  const { runbook, runs, damage } = setUp();
  expect(runbook('run', './waits.yaml', '--plain').exitCode).toBe(4);
  const [id = ''] = runs();
  damage(id);
  const { exitCode, stderr } = runbook('resume');
  expect(exitCode).toBe(5);
  expect(stderr).toContain(`the most recent unfinished run, ${id}, cannot be resumed: line 1`);
});

test('an emptied journal is named as well', () => {
  const { runbook, runs, journal } = setUp();
  runbook('run', './waits.yaml', '--plain');
  const [id = ''] = runs();
  writeFileSync(journal(id), '');
  const { exitCode, stderr } = runbook('resume');
  expect(exitCode).toBe(5);
  expect(stderr).toContain(`the most recent unfinished run, ${id}, cannot be resumed`);
});

test('with a damaged run that is newer than one that can be resumed, both are named', async () => {
  const store = new MemoryStore();
  const waiting = async (minute: string): Promise<string> => {
    const now = new Date(`2026-11-21T03:${minute}:00.000Z`);
    const { id, journal } = await createRun(store, { now });
    const writer = await journal.open({ clock: () => now });
    for (const event of someEvents(3)) writer.append(event);
    writer.append({ type: 'run.paused', reason: 'left' });
    await writer.close();
    return id;
  };
  const damage = (id: string) => store.kept(id).lines.splice(2, 1, Buffer.from('nothing\n'));
  const older = await waiting('12');
  const newer = await waiting('13');
  expect(await newestUnfinished(store)).toBe(newer);
  damage(newer);
  await expect(newestUnfinished(store)).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`${newer}, cannot be resumed: line 3 is not a line`),
      hint: expect.stringContaining(`runbook resume ${older}`),
    }),
  );
  const newest = await waiting('14');
  expect(await newestUnfinished(store)).toBe(newest);
});

test('a damaged run that had finished is not in the way', () => {
  const { runbook, runs, damage } = setUp();
  expect(runbook('run', './ends.yaml', '--plain').exitCode).toBe(0);
  const [id = ''] = runs();
  damage(id);
  const { exitCode, stderr } = runbook('resume');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('no run is paused or interrupted');
});
