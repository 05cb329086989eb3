import { expect, test } from 'vitest';
import type { Intent } from '#events/log/intent.ts';
import { lineText } from '#ui/draw/line.ts';
import { pathAbove } from '#ui/panes/path.ts';
import { openRunFeed } from '#ui/terminal/run-feed.ts';
import { viewOf } from '../fixtures/event-log.ts';
import { frameOf, pressed, typing } from '../fixtures/frame.tsx';
import {
  afterBoth,
  afterChild,
  beforeStart,
  insideChild,
  sideBySide,
} from '../fixtures/inside-log.ts';
import { scriptedRun } from '../fixtures/scripted-run.ts';

test('what only a person can check is said before the first step, and not again', () => {
  const first = frameOf(beforeStart);
  expect(first).toMatch(/Before you start[\s\S]*• Somebody who may restart the shop/);
  expect(first).not.toContain('• There is a folder');
  expect(frameOf(afterBoth)).not.toContain('Somebody who may restart');
});

test('what runs side by side is shown under the names of its branches', () => {
  const live = [
    { step: 'one', lines: ['load 0.1', 'load 0.2'], bytes: 18 },
    { step: 'two', lines: ['load 11', 'load 12'], bytes: 16 },
  ];
  expect(frameOf(sideBySide, { live, later: 2_000 })).toMatchInlineSnapshot(`
    " Connection pool ex…  postgres app@10.0.3.7:5432/shop  LIVE  STEP  00:02  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ▶ Look at both hosts
       ▶ The first host
       ▶ The second host
     ── Look at both hosts ────────────────────────────────────────────────────────

     ▶ The first host                                                           2 s
       load 0.1
       load 0.2
     ▶ The second host                                                          2 s
       load 11
       load 12









    ────────────────────────────────────────────────────────────────────────────────
     n note  o output  d details  ? help  ^C stop"
  `);
});

test('what a branch says stays when another one ends', () => {
  const run = scriptedRun(sideBySide);
  const store = openRunFeed(run);
  run.say({ step: 'one', lines: ['load 0.1'], bytes: 9 });
  run.say({ step: 'two', lines: ['load 12'], bytes: 8 });
  const [ended] = afterBoth.events.slice(sideBySide.events.length);
  expect(ended?.event).toMatchObject({ type: 'step.finished', step: 'two' });
  run.goOn(sideBySide.add(...(ended === undefined ? [] : [ended.event])));
  expect(store.picture().live).toEqual([{ step: 'one', lines: ['load 0.1'], bytes: 9 }]);
  store.close();
});

test('after a parallel step: how each branch ended, and the way on', () => {
  const frame = frameOf(afterBoth);
  expect(frame).toMatch(/✓ The first host\s+400 ms\n {3}load 0\.2/);
  expect(frame).toMatch(/✗ The second host\s+400 ms\n {3}exit · 3/);
  expect(frame).toContain('→ because error.kind != "none"');
});

test('the full output of a parallel step is that of its branches', () => {
  const output = frameOf(afterBoth, { keys: typing('o'), rows: 40 });
  expect(output).toMatch(
    /✓ The first host[\s\S]*uptime[\s\S]*✗ The second host[\s\S]*it ended with 3/,
  );
});

test('the steps of a runbook that runs as a step stand below it while the run is in it', () => {
  expect(frameOf(insideChild)).toMatchInlineSnapshot(`
    " Conn… › Empty the pool  mariadb root@db9:3306/orders  LIVE  STEP  00:00  ● rec
    ────────────────────────────────────────────────────────────────────────────────
     ✗ Look at both hosts    exit: 1 of 2 failed: two (exit)
     ▶ Empty the pool
       ✓ Count the sessions  12 sessions                                     400 ms
     ──────────────────────────────────────────────────────────────────────────────
     ✓ Count the sessions                                                    400 ms

     12 sessions

     ── Next ───────────────────────────────────────────────────────── read-only ──
     ▸ End the idle ones










    ────────────────────────────────────────────────────────────────────────────────
     ⏎ run  a auto  d details  s skip  : jump  n note  o output  ? help  q leave"
  `);
  const after = frameOf(afterChild);
  expect(after).not.toContain('Count the sessions');
  expect(after).toContain('Empty the pool: resolved');
  expect(after).toContain('• 12 sessions were idle.');
});

test('a decision that was none is not explained', () => {
  const frame = frameOf(insideChild);
  for (const noise of ['no condition before it', 'error.kind']) expect(frame).not.toContain(noise);
});

test('u says what can be undone, the last first, and asks why', () => {
  const frame = frameOf(afterChild, { keys: typing('u') });
  expect(frame).toMatch(/Undo which change\?[\s\S]*▸ End the idle ones[\s\S]*Look at both hosts/);
  expect(frameOf(afterChild)).toContain('u undo');
  const keys = [
    ...typing('u'),
    { name: 'down' } as const,
    { name: 'enter' } as const,
    ...typing('too much'),
    { name: 'enter' } as const,
  ];
  const { effects } = pressed(afterChild, keys);
  const intent: Intent = { type: 'undo', step: 'hosts', reason: 'too much' };
  expect(effects).toEqual([{ type: 'send', intent }]);
});

test('the finding of a step and what is next are both in sight at 60 by 15', () => {
  const frame = frameOf(insideChild, { columns: 60, rows: 15 });
  expect(frame).toContain('✓ Count the sessions');
  expect(frame).toContain('End the idle ones');
});

test('how an opened runbook ended stays in sight where the steps before it have to go', () => {
  const end = `The "pool" runbook ended escalated: ${'Ask its owner. '.repeat(22)}`.trim();
  const found = (step: string, goto: string, finding: string) =>
    ({
      type: 'branch.taken',
      step,
      clause: 0,
      by: 'condition',
      goto,
      values: [],
      notTaken: [],
      finding,
    }) as const;
  const view = viewOf(
    afterChild.add(
      found('pool', 'done', end),
      { type: 'step.settled', step: 'done', status: 'succeeded' },
      found('done', 'hosts', `A login works now. ${'It does. '.repeat(10)}`.trim()),
    ),
  );
  const { awaited: _, ...shown } = view;
  const text = (free: number) =>
    pathAbove(shown, 78, free).map(lineText).join(' ').replaceAll(/\s+/g, ' ');
  expect(text(12)).toContain(end);
  expect(text(10).split('Ask its owner.').length).toBeGreaterThan(14);
  for (const free of [11, 10, 9, 8, 7]) {
    expect(text(free)).toContain('✓ Empty the pool The "pool" runbook ended esc');
    expect(text(free)).toContain('A login works now.');
  }
});
