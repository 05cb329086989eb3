import fs, { appendFileSync, mkdirSync, readlinkSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repairTail } from '#run/journal/file/tail.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { fileOutputs } from '#run/outputs/file/folder.ts';
import { Executions } from '#run/session/executions.ts';
import { SecretValues } from '#run/values/secrets.ts';
import type { Action } from '#safety/actions/action.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const original = { fsyncSync: fs.fsyncSync, fdatasyncSync: fs.fdatasyncSync };
let synced: string[] = [];

/** Writes down what the process has the disk take, by the name of the file or folder. */
beforeEach(() => {
  synced = [];
  const noted = (sync: (fd: number) => void) => (fd: number) => {
    synced.push(basename(readlinkSync(`/proc/self/fd/${fd}`)));
    sync(fd);
  };
  fs.fsyncSync = noted(original.fsyncSync);
  fs.fdatasyncSync = noted(original.fdatasyncSync);
  syncBuiltinESMExports();
});

afterEach(() => {
  Object.assign(fs, original);
  syncBuiltinESMExports();
});

const clock = () => new Date('2026-11-21T03:12:00.000Z');

test('the name of a new journal is on the disk before anything is written', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  const journal = openJournal(file, { clock });
  expect(synced).toEqual([basename(folder)]);
  for (const event of someEvents(1)) journal.append(event);
  await journal.close();
  await openJournal(file, { clock }).close();
  expect(synced).toEqual([basename(folder)]);
});

test('a torn line that was cut off is off the disk; a whole journal is left alone', async () => {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const journal = openJournal(file, { clock });
  for (const event of someEvents(2)) journal.append(event);
  await journal.close();
  synced = [];
  repairTail(file);
  expect(synced).toEqual([]);
  appendFileSync(file, '{"seq":3');
  repairTail(file);
  expect(synced).toEqual(['journal.jsonl']);
});

test.each([
  ['change', ['mark.1.action.1.stdout', 'outputs']],
  ['destructive', ['mark.1.action.1.stdout', 'outputs']],
  ['read', []],
] as const)('the output of a %s is on the disk when it has ended: %j', async (effect, expected) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'outputs'));
  const ended = vi.fn();
  const executions = new Executions(
    {
      surroundings: {
        outputs: fileOutputs(folder).sink,
        sourceOf: () => ({ source: { file: '', text: '' }, isInside: false }),
        executorFor: async () => ({
          execute: async (_, { onOutput }) => {
            onOutput('stdout', Buffer.from('done\n'));
            return { status: 'succeeded', result: {} };
          },
          close: async () => undefined,
        }),
      },
      secrets: new SecretValues(),
      monotonic: () => 0,
      reportError: () => undefined,
      random: () => 0,
    },
    { onLive: () => undefined, onEnd: ended },
  );
  const action: Action = { kind: 'wait', ms: 0 };
  executions.start({
    ...{ step: 'mark', part: 'action', visit: 1, attempt: 1, effect, action },
    ...{ digest: undefined, item: undefined, isFirstLook: false },
  });
  await vi.waitFor(() => expect(ended).toHaveBeenCalled());
  expect(synced).toEqual(expected);
});
