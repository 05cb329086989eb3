import { expect, test } from 'vitest';
import { foldEvents } from '#events/view/fold.ts';
import { summaryLines } from '#report/summary.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { frameOf } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import { TERMINATE } from '../fixtures/pool-exhausted-steps.ts';

const ACTION = { ...TERMINATE, text: 'UPDATE claims\nSET worker = NULL', values: [] };

function changed(log: EventLog, step: string, status: 'succeeded' | 'failed' | 'unknown') {
  const which = { step, visit: 1, part: 'action', attempt: 1 } as const;
  return log.add(
    { type: 'step.entered', step, visit: 1 },
    { type: 'step.started', ...which, effect: 'change', action: ACTION, digest: 'sha256:1' },
    { type: 'step.finished', ...which, status, ms: 5, outputs: [] },
    { type: 'step.settled', step, status: status === 'unknown' ? 'failed' : status },
  );
}

/** Two changes went well and one is lost; the first of them was undone, the second visited again. */
const CHANGED = changed(
  changed(
    changed(story.atFirstStart, 'terminate_idle', 'succeeded').add(
      {
        type: 'operator.acted',
        step: 'terminate_idle',
        operator: 'ana',
        intent: { type: 'undo', step: 'terminate_idle', reason: 'the wrong sessions' },
      },
      { type: 'step.undone', step: 'terminate_idle', by: 'action' },
    ),
    'lower_pool',
    'succeeded',
  ),
  'free_slots',
  'unknown',
).add({ type: 'step.entered', step: 'lower_pool', visit: 2 });

test('an aborted run says what was undone, what stays in place and what is not known', () => {
  const log = CHANGED.add({ type: 'run.finished', outcome: 'aborted', summary: 'I give up' });
  const wide = frameOf(log, { columns: 160, rows: 40 });
  expect(wide).toMatch(/Changed/);
  expect(wide).toMatch(/\d\d:\d\d:\d\d {2}End sessions .* · undone +ana/);
  expect(wide).toMatch(/Lower the application's pool size · still in place +ana/);
  expect(wide).toMatch(/Are free slots back\? · outcome unknown +ana/);
  const view = foldEvents(log.events);
  const stays = view === undefined ? [] : summaryLines(view);
  expect(stays).toContain("  changed: Lower the application's pool size (ana) · still in place");
});

test('an undo takes back the last visit of a step, and says nothing of an earlier one', () => {
  const twice = changed(
    changed(story.atFirstStart, 'terminate_idle', 'succeeded'),
    'terminate_idle',
    'succeeded',
  ).add({ type: 'step.undone', step: 'terminate_idle', by: 'action' });
  expect(foldEvents(twice.events)?.changes?.map(({ undo }) => undo)).toEqual([undefined, 'done']);
});

test('an undo that was cut off may or may not have taken effect', () => {
  const log = changed(story.atFirstStart, 'terminate_idle', 'succeeded').add({
    ...{ type: 'run.resumed', operator: 'ben', host: 'ops2', pid: 7, program: 'runbook' },
    interrupted: { step: 'terminate_idle', part: 'undo', effect: 'change' },
  });
  expect(foldEvents(log.events)?.changes).toMatchObject([{ state: 'succeeded', undo: 'unknown' }]);
});

test('where all is well, what was changed was meant to stay', () => {
  const log = CHANGED.add({ type: 'run.finished', outcome: 'resolved', summary: 'It is well' });
  const wide = frameOf(log, { columns: 160, rows: 40 });
  expect(wide).toMatch(/Lower the application's pool size +ana\n/);
  expect(wide).toMatch(/End sessions .* · undone/);
});

test('a change of a process that died is not known, whatever happened since', () => {
  const log = story.atFirstStart.add(
    { type: 'step.entered', step: 'lower_pool', visit: 1 },
    {
      ...{ type: 'step.started', step: 'lower_pool', visit: 1, part: 'action', attempt: 1 },
      ...{ effect: 'change', action: ACTION, digest: 'sha256:1' },
    },
    { type: 'run.resumed', operator: 'ben', host: 'ops2', pid: 7, program: 'runbook' },
    { type: 'run.finished', outcome: 'aborted', summary: 'I give up' },
  );
  expect(foldEvents(log.events)?.changes).toMatchObject([{ operator: 'ana', state: 'unknown' }]);
});

test('the gate of an undo says what it takes back, when it ran, who confirmed it, and why', () => {
  const log = changed(story.atFirstStart, 'terminate_idle', 'succeeded').add(
    {
      type: 'operator.acted',
      step: 'terminate_idle',
      operator: 'ben',
      intent: { type: 'undo', step: 'terminate_idle', reason: 'the wrong sessions' },
    },
    {
      type: 'gate.opened',
      step: 'terminate_idle',
      title: 'Free the claims',
      effect: 'change',
      part: 'undo',
      action: { ...ACTION, text: 'UPDATE claims SET worker = old_worker' },
      digest: 'sha256:2',
      level: 'key',
      operator: 'ben',
      preview: {
        columns: ['id', 'old_worker'],
        rows: [{ id: 7, old_worker: 'w1' }],
        freshForMs: Number.MAX_SAFE_INTEGER,
        at: '2026-11-21T03:12:28.176Z',
      },
    },
    {
      type: 'operator.awaited',
      step: 'terminate_idle',
      for: 'gate',
      can: ['confirm', 'decline', 'note', 'leave'],
    },
  );
  const screen = frameOf(log, { later: 3_600_000 });
  expect(screen).toContain('1 row as read before the change, 03:12:28 UTC');
  expect(screen).toMatch(/reverts the change made at \d\d:\d\d:\d\d UTC, confirmed by ana:/);
  expect(screen).toContain('UPDATE claims SET worker = NULL');
  expect(screen).toContain('why: the wrong sessions');
});
