import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '#run/journal/file/read.ts';
import { resumeRun } from '#run/resume.ts';
import { startRun } from '#run/start.ts';
import { runStore } from '#run/store/file/folders.ts';
import { readRun } from '#run/store/read-run.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { surroundings } from '../../fixtures/surroundings.ts';
import { begun } from '../../support/begun.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RUNBOOK = `
name: dry
title: Dry
summary: Changes something.
inputs: { folder: {} }
steps:
  - { id: look, effect: read, shell: echo seen }
  - id: mark
    effect: change
    shell: touch "$FOLDER/marked"
    env: { FOLDER: '\${{ inputs.folder }}' }
    verify: { shell: 'false', until: result.exit_code == 0 }
  - id: decide
    effect: change
    shell: echo yes
    next: [{ if: 'result.stdout == "yes"', goto: done }]
  - { id: other, effect: read, shell: echo other }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('a dry run reads, shows changes and runs none, and stays one when it is resumed', async () => {
  const folder = temporaryFolder();
  const store = runStore(join(folder, 'state'));
  const options = { store, surroundings, given: { folder }, attended: false };
  const source = { file: 'dry', text: RUNBOOK };
  const first = await startRun(parsed(RUNBOOK, 'dry'), {
    ...options,
    source,
    auto: true,
    mode: 'dry-run',
  });
  first.begin();
  await first.session.ended;
  await first.close();
  expect(first.session.end).toMatchObject({ status: 'paused', unanswered: true });
  expect(first.session.view()).toMatchObject({ mode: 'dry-run', awaited: { for: 'decision' } });
  const recorded = await readRun(await store.open(first.id));
  const second = await resumeRun(parsed(RUNBOOK, 'dry'), recorded, {
    ...options,
    attended: true,
    answers: {},
  });
  await begun(second);
  send(second.session, { type: 'choose', clause: 0, reason: 'let us see' });
  await second.session.ended;
  await second.close();
  expect(second.session.end).toEqual({ status: 'finished', outcome: 'resolved' });
  const events = readJournal(store.openRun(first.id).journal).records.map(({ event }) => event);
  const started = events.filter(({ type }) => type === 'step.started');
  expect(started).toMatchObject([{ step: 'look', effect: 'read' }]);
  expect(events.filter(({ type }) => type === 'gate.opened')).toMatchObject([
    { step: 'mark', simulated: true },
    { step: 'decide', simulated: true },
  ]);
  expect(existsSync(join(folder, 'marked'))).toBe(false);
});
