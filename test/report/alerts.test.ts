import { expect, test } from 'vitest';
import { alertState, alertText, resolvedNotice } from '#events/wording/alert-text.ts';
import { plainLines } from '#report/plain/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import { runAlert } from '../fixtures/alert-files.ts';
import { viewOf } from '../fixtures/event-log.ts';
import { frameOf } from '../fixtures/frame.tsx';
import { atGate } from '../fixtures/pool-exhausted-log.ts';

const fires = { type: 'run.alerted', ...runAlert() } as const;
const over = { ...fires, status: 'resolved' } as const;
const other = { ...fires, key: 'k2', title: 'Errors of the shop' } as const;

test('an alert is told as it fires and as it is resolved, with the date if it is old', () => {
  expect(alertText(runAlert(), '2026-11-22T21:15:00Z')).toBe(
    'alert of am: “Pool of db-7 is exhausted” has been firing since 21:14:07 UTC',
  );
  expect(alertText(runAlert(), '2026-11-24T01:15:00Z')).toContain('since 2026-11-22 21:14:07 UTC');
  expect(alertText(runAlert({ startsAt: 'soon' }), '2026-11-22T21:15:00Z')).toMatch(/is firing$/);
  const at = '2026-11-22T21:19:30Z';
  expect(alertState({ ...runAlert({ status: 'resolved' }), at })).toBe('resolved at 21:19:30 UTC');
  expect(alertState({ ...runAlert({ startsAt: '' }), at })).toBe(
    'firing, reported at 21:19:30 UTC',
  );
});

test('the transcript says what the alert was, since when, and when it was resolved', () => {
  const log = atGate.add(fires).add(60_000, over);
  const text = transcriptMarkdown(log.events, { outputs: () => undefined });
  const at = viewOf(log).alerts?.[0]?.at.slice(11, 19);
  expect(text).toContain(
    `Alert of am: Pool of db-7 is exhausted (resolved at ${at} UTC), \`https://prom.example/g\``,
  );
  expect(text).toContain('alert of am: “Pool of db-7 is exhausted” was resolved');
  const last = log.events.at(-1);
  const plain = last && plainLines(last, { view: viewOf(log), columns: 80, shown: undefined });
  expect(plain?.map(({ text }) => text).join('')).toContain('was resolved');
});

test('who is at a gate is told that nothing fires any more, and only then', () => {
  expect(resolvedNotice(viewOf(atGate))).toBeUndefined();
  expect(resolvedNotice(viewOf(atGate.add(fires, other, over)))).toBeUndefined();
  expect(resolvedNotice(viewOf(atGate.add(fires, over)))).toMatch(/^The alert was resolved at/);
  const both = atGate.add(fires, other, over, { ...other, status: 'resolved' });
  expect(resolvedNotice(viewOf(both))).toMatch(/^The 2 alerts were resolved, the last of them at/);
  expect(resolvedNotice(viewOf(both.add(fires)))).toBeUndefined();
});

test('the notice is at the gate of a terminal', () => {
  const screen = { columns: 100, rows: 40 };
  expect(frameOf(atGate.add(fires), screen)).not.toContain('Is this change still needed?');
  expect(frameOf(atGate.add(fires, over), screen)).toContain('Is this change still needed?');
});

test('the postmortem knows when the incident was detected, if an alert says it', () => {
  const [first] = atGate.events;
  const began = new Date(Date.parse(first?.at ?? '') - 75_000).toISOString();
  const rowOf = (startsAt: string) => {
    const { events } = atGate.add({ ...fires, startsAt });
    const text = postmortemMarkdown(events, { outputs: () => undefined });
    return text.split('\n').find((line) => line.includes('Detected'));
  };
  expect(rowOf(began)).toContain(began.slice(11, 19));
  expect(rowOf(began)).toContain('1 min 15 s before');
  expect(rowOf(began)).toContain('“Pool of db-7 is exhausted” of am began to fire');
  expect(rowOf('soon')).toContain('the alert or the first report');
});
