import { expect, test } from 'vitest';
import { conclusionOf } from '#events/view/conclusion.ts';
import { changeText } from '#events/wording/change-text.ts';
import type { Row } from '#runbook/model/value.ts';
import { confirmedFor } from '../fixtures/confirmed-log.ts';
import { viewOf } from '../fixtures/event-log.ts';
import * as story from '../fixtures/pool-exhausted-log.ts';

test('rows that were spared and rows that were not affected are told apart', () => {
  const [last] = story.terminating.events.slice(-1).map(({ event }) => event);
  if (last?.type !== 'step.started') throw new Error('the log does not end with the change');
  const { action: _, effect: __, digest: ___, type: ____, ...of } = last;
  const view = viewOf(
    confirmedFor(...Array.from({ length: 11 }, (_, index) => ({ pid: index + 1 }))).add(
      {
        type: 'rows.spared',
        step: of.step,
        columns: ['pid'],
        rows: [{ row: { pid: 1 } }, { row: { pid: 2 } }],
        left: 9,
      },
      last,
      {
        type: 'step.finished',
        ...of,
        status: 'succeeded',
        ms: 9,
        outputs: [],
        result: { columns: ['ended'], rows: [{ ended: 8 }], row_count: 1 },
      },
    ),
  );
  const [change] = conclusionOf(view).changes;
  expect(change?.rows).toEqual({ pinned: 9, affected: 8, spared: 2 });
  expect(change && changeText(change, view)).toContain(
    ': 8 of 11 sessions terminated, 2 spared (ana)',
  );
});

test('a change that ended one session names it, and the rows that it had changed', () => {
  const [last] = story.terminating.events.slice(-1).map(({ event }) => event);
  if (last?.type !== 'step.started') throw new Error('the log does not end with the change');
  const { action: _, effect: __, digest: ___, type: ____, ...of } = last;
  const ended = (row: Row) => {
    const view = viewOf(
      confirmedFor(row).add(last, {
        ...{ type: 'step.finished', ...of, status: 'succeeded', ms: 9, outputs: [] },
        result: { columns: ['ended'], rows: [{ ended: 1 }], row_count: 1 },
      }),
    );
    const [change] = conclusionOf(view).changes;
    return change && changeText(change, view);
  };
  expect(ended({ pid: 12 })).toMatch(/: session 12 terminated \(ana\)/);
  expect(ended({ pid: 12, rows_rolled_back: 3 })).toMatch(
    /: session 12 terminated, 3 changed rows rolled back \(ana\)/,
  );
  expect(ended({ pid: 12, rows_changed: 1 })).toContain(', 1 changed row rolled back');
  expect(ended({ pid: 12, rows_rolled_back: 0 })).toContain(', 0 changed rows rolled back');
});

test('rows that the confirmed gate did not show are no part of the change', () => {
  const [last] = story.terminating.events.slice(-1).map(({ event }) => event);
  if (last?.type !== 'step.started') throw new Error('the log does not end with the change');
  const [change] = conclusionOf(viewOf(confirmedFor({ pid: 1 }, { pid: 2 }).add(last))).changes;
  expect(change?.rows).toEqual({ pinned: 2, spared: 0 });
});
