import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { foldEvents } from '#events/view/fold.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { followRun } from '#run/follow/attach.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { resumeRun } from '#run/resume.ts';
import type { OpenRun } from '#run/session/open.ts';
import { startRun } from '#run/start.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = `
name: inline
title: A change kept in memory
summary: A read, a change and a question.
inputs: { folder: { description: Where the change leaves its mark } }
steps:
  - { id: look, effect: read, shell: echo looked }
  - { id: mark, effect: change, shell: echo marked > "$FOLDER/mark", env: { FOLDER: '\${{ inputs.folder }}' } }
  - { id: ask, manual: Is it right? }
  - { id: done, finish: { outcome: resolved, summary: It is right. } }
`;

async function asks(run: OpenRun, what: string): Promise<void> {
  await vi.waitFor(() => expect(run.session.view().awaited?.for).toBe(what), 10_000);
}

/** A run whose journal, outputs and runbook a store in memory keeps. */
function inMemory() {
  const store = new MemoryStore();
  const folder = temporaryFolder();
  const common = { store, surroundings, attended: true, given: { folder } };
  const source = { file: 'inline.yaml', text: RUNBOOK };
  const kept = (run: OpenRun): Promise<OpenRun> => {
    onTestFinished(() => run.close());
    return begun(run);
  };
  return {
    store,
    folder,
    start: async () => kept(await startRun(parsed(RUNBOOK), { ...common, source, auto: true })),
    resume: async (id: string) => {
      const recorded = await readRun(await store.open(id));
      expect(recorded.source.text).toBe(RUNBOOK);
      return kept(await resumeRun(parsed(RUNBOOK), recorded, { ...common, answers: {} }));
    },
  };
}

test('a run is started, confirmed, left, resumed and told without a file of its own', async () => {
  const { store, folder, start, resume } = inMemory();
  const first = await start();
  await asks(first, 'gate');
  const { gate } = first.session.view();
  send(first.session, { type: 'confirm', digest: gate?.digest ?? '' });
  await asks(first, 'report');
  expect(existsSync(join(folder, 'mark'))).toBe(true);
  expect(await first.session.readOutput('outputs/look.1.action.1.stdout')).toBe('looked\n');
  send(first.session, { type: 'leave' });
  await first.session.ended;
  await first.close();

  const second = await resume(first.id);
  await asks(second, 'report');
  send(second.session, { type: 'report', done: true, evidence: 'seen' });
  await second.session.ended;
  expect(second.session.end).toEqual({ status: 'finished', outcome: 'resolved' });

  const { records, problems } = await readRecords(store.kept(first.id).record.journal);
  expect(problems).toEqual([]);
  expect(foldEvents(records)).toEqual(second.session.view());
  expect(transcriptMarkdown(records, { outputs: () => undefined })).toContain('It is right.');
});

test('a line that a crash tore off in memory is removed, and the run goes on', async () => {
  const { store, start, resume } = inMemory();
  const first = await start();
  await asks(first, 'gate');
  send(first.session, { type: 'leave' });
  await first.session.ended;
  await first.close();
  store.kept(first.id).torn = Buffer.from('{"seq":');
  const second = await resume(first.id);
  await asks(second, 'gate');
  const { records } = await readRecords(store.kept(first.id).record.journal);
  expect(records.some(({ event }) => event.type === 'run.resumed' && event.repaired)).toBe(true);
});

test('a run kept in memory is followed while it goes on', async () => {
  const { store, start } = inMemory();
  const run = await start();
  const followed = await followRun(await store.open(run.id), () => undefined);
  await asks(run, 'gate');
  await vi.waitFor(() => expect(followed.view().awaited?.for).toBe('gate'), 10_000);
  send(run.session, { type: 'leave' });
  await followed.ended;
  expect(followed.view()).toEqual(run.session.view());
});
