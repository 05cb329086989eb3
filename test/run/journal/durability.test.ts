import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Disk, nodeDisk } from '#run/journal/file/disk.ts';
import { awaits, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CHANGE = `
name: inline
title: A change
summary: A change between two reads.
inputs: { folder: { default: /tmp } }
steps:
  - { id: look, effect: read, shell: 'true' }
  - id: mark
    effect: change
    shell: cp "$FOLDER/on-disk" "$FOLDER/seen"
    env: { FOLDER: '\${{ inputs.folder }}' }
    undo: { shell: 'true' }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('a session writes intent, start and end of a change to the disk, in this order', async () => {
  const run = recordedSession(CHANGE, { inputs: { folder: '/tmp' } });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'report');
  send(run.session, { type: 'undo', step: 'mark', reason: '' });
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'stopped');
  send(run.session, { type: 'leave' });
  await run.session.ended;
  expect(run.deeds).toEqual([
    'write step.entered',
    'write step.started',
    'execute look action',
    'write step.finished',
    'write step.settled',
    'write branch.taken',
    'write step.entered',
    'write gate.opened',
    'write operator.awaited',
    'write gate.answered',
    'write step.started',
    'durable',
    'execute mark action',
    'write step.finished',
    'write step.settled',
    'write branch.taken',
    'write step.entered',
    'write operator.awaited',
    'durable',
    'write operator.acted',
    'write gate.opened',
    'write operator.awaited',
    'write gate.answered',
    'write step.started',
    'durable',
    'execute mark undo',
    'write step.finished',
    'write step.undone',
    'write operator.awaited',
    'durable',
    'write run.paused',
    'durable',
  ]);
});

test('an answer that starts nothing is on the disk before it counts as given', async () => {
  const run = recordedSession(CHANGE, { inputs: { folder: '/tmp' } });
  run.begin();
  await asks(run, 'gate');
  const { operator, awaited } = run.session.view();
  const intent = { type: 'decline', reason: 'not now' } as const;
  await run.session.submit({ intent, by: operator, answers: awaited?.seq });
  expect(run.deeds.slice(run.deeds.indexOf('write gate.answered'))).toContain('durable');
});

test('what the operator can do is recorded where the machine stands then', async () => {
  const run = recordedSession(CHANGE, { inputs: { folder: '/tmp' } });
  run.begin();
  await asks(run, 'gate');
  expect(run.session.view().awaited?.can).toEqual(expect.arrayContaining(['confirm', 'decline']));
  confirmGate(run);
  await asks(run, 'report');
  expect(run.session.view().awaited?.can).toContain('report');
  expect(run.session.view().awaited?.can).not.toContain('confirm');
});

test('a change finds its start and its confirmation on the disk when it runs', async () => {
  const folder = temporaryFolder();
  let journal = '';
  const disk: Disk = {
    ...nodeDisk,
    syncInBackground: (fd, done) =>
      nodeDisk.syncInBackground(fd, (error) => {
        if (existsSync(journal)) writeFileSync(join(folder, 'on-disk'), readFileSync(journal));
        done(error);
      }),
  };
  const runs = realRun(CHANGE, folder, disk);
  const run = await runs.start({ given: { folder } });
  journal = runs.journalOf(run.id);
  await awaits(run, 'gate');
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  await awaits(run, 'report');
  const seen = typesIn(join(runs.folder, 'seen'));
  expect(seen.slice(-2)).toEqual(['gate.answered', 'step.started']);
  expect(typesIn(join(runs.folder, 'on-disk'))).toContain('step.finished');
  await leaveRun(run);
});

test('the journal that cannot be written stops a run before its change', async () => {
  const run = recordedSession(CHANGE, {
    inputs: { folder: '/tmp' },
    onAppend: (event) => {
      if (event.type === 'step.started' && event.effect !== 'read') throw new Error('EIO');
    },
  });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await expect(run.session.ended).rejects.toThrow('EIO');
  expect(run.deeds).not.toContain('execute mark action');
});

function typesIn(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).event.type);
}
