import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT } from '#errors.ts';
import type { RunFolder } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { KEPT_CHILD, KEPT_TEXT, keptRun, keptStart, printed } from '../../fixtures/kept-run.ts';

const EVENTS = () => [keptStart(), printed()];

test('a run is read with its events and the texts it began with', async () => {
  const run = await keptRun(EVENTS);
  const read = await readRun(run.record);
  expect(read).toMatchObject({
    ...{ record: run.record, source: { file: 'kept.yaml', text: KEPT_TEXT }, repaired: undefined },
    check: { problems: [], tornBytes: 0, head: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(read.records.map(({ event }) => event)).toEqual(EVENTS());
  expect([...read.children]).toEqual([['inner', { file: 'inner.yaml', text: KEPT_CHILD }]]);
});

test('a run without runbooks inside has no such texts', async () => {
  const { children: _, ...alone } = keptStart();
  const { record } = await keptRun(() => [alone]);
  expect((await readRun(record)).children.size).toBe(0);
});

test('a last line that a crash cut off is taken away, and the run says how much it was', async () => {
  const run = await keptRun(EVENTS);
  appendFileSync(run.journal, '{"seq":9');
  expect((await readRun(run.record)).repaired).toBe('the last line was torn off: 8 characters');
  expect((await readRun(run.record)).repaired).toBeUndefined();
});

const changed = (message: string, { id }: RunFolder) =>
  expect.objectContaining({
    ...{ code: 'journal-changed', exitCode: EXIT.environment, message },
    hint: `the record is still readable with runbook transcript ${id}, and says so`,
  });

test.each<readonly [string, (run: RunFolder) => void, string]>([
  [
    'a line of its journal',
    ({ journal }) =>
      writeFileSync(journal, readFileSync(journal, 'utf8').replace('"pid":', '"pid": ')),
    'line 1 of the journal was changed after it was written',
  ],
  [
    'all of its journal',
    ({ journal }) => writeFileSync(journal, ''),
    'the journal has no beginning',
  ],
  [
    'its runbook',
    ({ runbook }) => writeFileSync(runbook, 'another'),
    'the copy of the runbook is not the one the run began with',
  ],
  [
    'a runbook inside',
    ({ runbooks }) => writeFileSync(join(runbooks, 'inner.yaml'), 'another'),
    'the copy of the runbook is not the one the run began with',
  ],
])('a run is refused when somebody changed %s', async (_, change, message) => {
  const run = await keptRun(EVENTS);
  change(run);
  await expect(readRun(run.record)).rejects.toThrow(changed(message, run));
});

test('a run whose runbook is gone cannot be read, and the error says whose', async () => {
  const run = await keptRun(EVENTS);
  rmSync(run.runbook);
  await expect(readRun(run.record)).rejects.toThrow(
    `the runbook of the run ${run.id} cannot be read`,
  );
});
