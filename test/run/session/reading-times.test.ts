import { describe, expect, test } from 'vitest';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import { ReadingTimes } from '#run/session/reading-times.ts';

describe('the time of rows', () => {
  const AT = '2026-11-21T03:12:00.000Z';
  const finished = (part: EventOf<'step.finished'>['part']): RunEvent => ({
    ...{ type: 'step.finished', step: 'end', visit: 1, part, attempt: 1 },
    ...{ status: 'succeeded', ms: 1, outputs: [] },
  });
  test.each<[string, RunEvent, boolean]>([
    ['a preview', finished('preview'), true],
    ['a recheck', finished('recheck'), true],
    ['not an action', finished('action'), false],
    ['rows that are the same', { type: 'gate.refreshed', step: 'end', status: 'same' }, true],
    ['not rows that are gone', { type: 'gate.refreshed', step: 'end', status: 'gone' }, false],
    ['not a note', { type: 'operator.noted', operator: 'ada', text: 'x' }, false],
  ])('is known of %s', (_, event, isKnown) => {
    const times = new ReadingTimes(
      () => new Date(Date.parse(AT) + 2_000),
      () => 7_000,
    );
    times.note(event, AT);
    expect(times.ageMs(AT)).toBe(isKnown ? 2_000 : undefined);
  });
});
