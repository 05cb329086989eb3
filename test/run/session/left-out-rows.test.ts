import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { intentOf } from '#events/wording/choices.ts';
import type { OpenRun } from '#run/session/open.ts';
import { awaits, endOf, realRun } from '../../fixtures/real-run.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CLEAN = `
name: inline
title: Clean up
summary: Removes files.
inputs: { folder: {} }
steps:
  - id: clean
    effect: destructive
    preview: { shell: 'find \${{ inputs.folder }} -name "*.tmp" | sort', read_because: It only lists. }
    shell: rm -- \${{ preview.lines }}
    confirm: { phrase: clean }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

const gateOf = (run: OpenRun) => run.session.view().gate;

async function cleaning(...names: readonly string[]) {
  const folder = temporaryFolder();
  for (const name of names) writeFileSync(join(folder, name), '');
  const run = await realRun(CLEAN).start({ given: { folder } });
  await awaits(run, 'gate');
  return { folder, run };
}

/** Leaves out what an operator types, and waits for the gate without it. */
async function leaveOut(run: OpenRun, typed: string): Promise<void> {
  const before = gateOf(run)?.seq ?? 0;
  send(run.session, intentOf('leave-out', run.session.view(), typed));
  await vi.waitFor(() => expect(gateOf(run)?.seq).toBeGreaterThan(before));
  await awaits(run, 'gate');
}

test('what is left out at the gate is not touched, and the record says who left it out', async () => {
  const { folder, run } = await cleaning('a.tmp', 'b.tmp', 'c.tmp');
  const first = gateOf(run)?.digest ?? '';
  const [, b] = (gateOf(run)?.preview?.rows ?? []).map(({ line }) => String(line));
  await leaveOut(run, b ?? '');
  expect(gateOf(run)).toMatchObject({ leftOut: [{ line: b }] });
  // It is left out, not gone.
  expect(gateOf(run)?.before).toBeUndefined();
  send(run.session, { type: 'confirm', digest: first, phrase: 'clean' });
  await vi.waitFor(() => expect(gateOf(run)?.refused).toBe('it is not what the gate shows'));
  send(run.session, { type: 'confirm', digest: gateOf(run)?.digest ?? '', phrase: 'clean' });
  expect(await endOf(run)).toMatchObject({ outcome: 'resolved' });
  expect(readdirSync(folder)).toEqual(['b.tmp']);
});

test('a value of no row is refused, and the gate stays', async () => {
  const { run } = await cleaning('a.tmp', 'b.tmp');
  const { digest } = gateOf(run) ?? {};
  send(run.session, intentOf('leave-out', run.session.view(), 'z.tmp'));
  await vi.waitFor(() =>
    expect(gateOf(run)).toMatchObject({ digest, refused: expect.stringContaining('no such row') }),
  );
});

test('an operator can resume a run in which rows were left out', async () => {
  const folder = temporaryFolder();
  for (const name of ['a.tmp', 'b.tmp']) writeFileSync(join(folder, name), '');
  const real = realRun(CLEAN);
  const run = await real.start({ given: { folder } });
  await awaits(run, 'gate');
  await leaveOut(run, String(gateOf(run)?.preview?.rows[0]?.line));
  await run.close();
  const resumed = await real.resume(run.id, { given: { folder } });
  await awaits(resumed, 'gate');
  expect(gateOf(resumed)).toMatchObject({ leftOut: [{ line: join(folder, 'a.tmp') }] });
  send(resumed.session, {
    type: 'confirm',
    digest: gateOf(resumed)?.digest ?? '',
    phrase: 'clean',
  });
  expect(await endOf(resumed)).toMatchObject({ outcome: 'resolved' });
  expect(readdirSync(folder)).toEqual(['a.tmp']);
  expect(real.events(run.id)).toContainEqual(
    expect.objectContaining({ type: 'gate.answered', answer: 'left-out', rows: [1] }),
  );
});

test('only as many rows as are needed are touched, and a row that is taken back stays in when the run is resumed', async () => {
  const enough = CLEAN.replace('read_because:', 'enough: 1, read_because:');
  const folder = temporaryFolder();
  for (const name of ['a.tmp', 'b.tmp', 'c.tmp']) writeFileSync(join(folder, name), '');
  const real = realRun(enough);
  const run = await real.start({ given: { folder } });
  await awaits(run, 'gate');
  const lines = (...names: readonly string[]) =>
    names.map((name) => ({ line: join(folder, name) }));
  expect(gateOf(run)?.preview).toMatchObject({
    rows: lines('a.tmp'),
    needed: 1,
    notNeeded: lines('b.tmp', 'c.tmp'),
  });
  await leaveOut(run, join(folder, 'c.tmp'));
  expect(gateOf(run)?.preview).toMatchObject({ rows: lines('a.tmp', 'c.tmp') });
  await run.close();
  const resumed = await real.resume(run.id, { given: { folder } });
  await awaits(resumed, 'gate');
  const { digest = '', preview } = gateOf(resumed) ?? {};
  expect(preview).toMatchObject({ rows: lines('a.tmp', 'c.tmp'), notNeeded: lines('b.tmp') });
  send(resumed.session, { type: 'confirm', digest, phrase: 'clean' });
  expect(await endOf(resumed)).toMatchObject({ outcome: 'resolved' });
  expect(readdirSync(folder)).toEqual(['b.tmp']);
  expect(real.events(run.id)).toContainEqual(
    expect.objectContaining({ type: 'gate.answered', answer: 'left-out', rows: [], back: [2] }),
  );
});
