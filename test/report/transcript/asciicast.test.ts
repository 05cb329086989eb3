import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import { asciicast } from '#report/transcript/asciicast.ts';
import { resolved } from '../../fixtures/pool-exhausted-log.ts';
import { troubled } from '../../fixtures/troubled-run.ts';

type Frame = readonly [time: number, code: string, data: string];

/** Reads a recording as a player does, and refuses what the format does not allow. */
function played(cast: string) {
  const lines = cast.split('\n');
  expect(lines.pop()).toBe('');
  const [header, ...frames] = lines.map((line) => JSON.parse(line) as unknown);
  return { header: header as Record<string, unknown>, frames: frames as readonly Frame[] };
}

describe.each([
  ['a run that went well', resolved],
  ['a run in which nearly everything went wrong', troubled],
])('the recording of %s', (_, { events }) => {
  const { header, frames } = played(asciicast(events));

  test('begins with a header of version 2', () => {
    expect(header).toEqual({
      version: 2,
      width: 100,
      height: 30,
      timestamp: Date.parse('2026-11-21T03:12:00Z') / 1000,
      idle_time_limit: 2,
      title: 'Connection pool exhausted · 20261121-031200-k7f2',
      env: { TERM: 'xterm-256color' },
    });
  });

  test('has only output, at times that never go back, each line whole', () => {
    let last = 0;
    for (const [time, code, data, ...more] of frames) {
      expect([code, more]).toEqual(['o', []]);
      expect(time).toBeGreaterThanOrEqual(last);
      expect(data).toMatch(/\r\n$/);
      expect(data.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      last = time;
    }
    const first = Date.parse(events[0]?.at ?? '');
    const end = Date.parse(events.at(-1)?.at ?? '');
    expect(last).toBeCloseTo((end - first) / 1000, 3);
  });
});

test('it says what plain mode says, in its colours or without', () => {
  const text = (coloured: boolean) =>
    played(asciicast(resolved.events, { coloured }))
      .frames.map(([, , data]) => data)
      .join('');
  expect(text(false)).toContain('03:12:06 found: 17 of 17 usable connections are taken.\r\n');
  expect(text(false)).not.toContain('\u001b');
  expect(text(true)).toContain('\u001b[1m03:12:06 found:');
  expect(stripVTControlCharacters(text(true))).toBe(text(false));
});

test('it has the size of the terminal the run had', () => {
  const [first, ...rest] = resolved.events;
  if (first?.event.type !== 'run.started') throw new Error('no start');
  const event = { ...first.event, terminal: { columns: 80, rows: 24 } };
  const { header } = played(asciicast([{ ...first, event }, ...rest]));
  expect([header.width, header.height]).toEqual([80, 24]);
});

test('a clock that was set back does not make it go back', () => {
  const events = resolved.events.map(
    (record, index): RecordedEvent =>
      index === 5 ? { ...record, at: '2026-11-21T03:00:00.000Z' } : record,
  );
  const times = played(asciicast(events)).frames.map(([time]) => time);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

test('what a server or a person wrote cannot steer the player', () => {
  const nasty = '\u001b]2;owned\u0007\u001b[2J\r';
  const at = resolved.events.at(-1)?.at ?? '';
  const note: RecordedEvent = {
    seq: 999,
    at,
    event: { type: 'operator.noted', operator: nasty, text: nasty },
  };
  const { frames } = played(asciicast([...resolved.events, note], { coloured: false }));
  const [, , data = ''] = frames.at(-1) ?? [];
  expect(data.slice(0, -2)).toContain('␛]2;owned␇');
  expect(data.slice(0, -2)).not.toMatch(/\p{Cc}/u);
});

test('events without a beginning are no recording', () => {
  expect(asciicast([])).toBe('');
  expect(asciicast(resolved.events.slice(1))).toBe('');
});
