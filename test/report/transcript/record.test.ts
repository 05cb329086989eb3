import { expect, test } from 'vitest';
import type { RecordedEvent } from '#events/log/event.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { atGate, resolved, terminating } from '../../fixtures/pool-exhausted-log.ts';
import { APP_LOG_TEXT, troubled } from '../../fixtures/troubled-run.ts';

const verified = { problems: [], tornBytes: 0, head: 'ab12'.repeat(16) };

function transcript(log: { readonly events: readonly RecordedEvent[] }): string {
  return transcriptMarkdown(log.events, { outputs: () => undefined, verified });
}

test('a run that went well reads as the story it was', async () => {
  const text = transcriptMarkdown(resolved.events, {
    outputs: () => undefined,
    timeZone: 'Europe/Berlin',
    verified,
  });
  await expect(text).toMatchFileSnapshot('../../fixtures/transcript-resolved.md.txt');
});

test('a run in which nearly everything went wrong keeps who did what and why', async () => {
  const text = transcriptMarkdown(troubled.events, {
    outputs: (file) => (file.endsWith('stdout') ? APP_LOG_TEXT : undefined),
    verified,
  });
  await expect(text).toMatchFileSnapshot('../../fixtures/transcript-troubled.md.txt');
});

test('every prefix of a run has a transcript, and the same one each time', () => {
  for (const log of [resolved, troubled]) {
    for (let length = 1; length <= log.events.length; length += 1) {
      const events = log.events.slice(0, length);
      expect(transcript({ events })).toBe(transcript({ events }));
    }
  }
});

test('an action that had started when the record ended is an open point', () => {
  const text = transcript(terminating);
  expect(text).toContain('its end was **not recorded**');
  expect(text).toContain('- [ ] Outcome unknown: “End sessions that have been idle too long”');
});

test('an action that is not what the gate showed is shown and said to be another', () => {
  const other = terminating.events.map((record): RecordedEvent => {
    const { event } = record;
    if (event.type !== 'step.started' || event.effect === 'read') return record;
    return { ...record, event: { ...event, action: { ...event.action, text: 'DROP TABLE x' } } };
  });
  const text = transcript({ events: other });
  expect(text).toContain('**This is not what the gate showed:**\n\n```sql\nDROP TABLE x\n```');
  expect(transcript(terminating)).not.toContain('not what the gate showed');
});

test('a gate that nobody answered is shown as it was', () => {
  const text = transcript(atGate);
  expect(text).toContain('### Action 1: End sessions that have been idle too long (not run)');
  expect(text).toContain('Not answered.');
  expect(text).toContain('11 pinned rows');
});

test('a journal that was changed is announced instead of its hash', () => {
  const problems = [{ line: 12, what: 'was changed after it was written' }];
  const text = transcriptMarkdown(resolved.events.slice(0, 11), {
    outputs: () => undefined,
    verified: { ...verified, problems },
  });
  expect(text).toContain('**The journal was altered.**');
  expect(text).toContain('- Line 12 was changed after it was written');
  expect(text).not.toContain(verified.head);
});

test('a journal that nobody checked is not called whole', () => {
  const text = transcriptMarkdown(resolved.events, { outputs: () => undefined });
  expect(text).toContain('The journal was not checked for this transcript.');
});

test('a record without its beginning says so', () => {
  expect(transcriptMarkdown([], { outputs: () => undefined, verified })).toContain(
    '# A run without a start',
  );
});

test('secrets are named, never shown, even where a value slipped in', () => {
  const slipped = resolved.events.map((record): RecordedEvent => {
    if (record.event.type !== 'run.started') return record;
    const inputs = [{ name: 'database_url', value: 'postgres://app:pa$%@/db', secret: true }];
    return { ...record, event: { ...record.event, inputs } };
  });
  const edited = { type: 'edit', inputs: { database_url: 'postgres://b:pa$%@/db' } } as const;
  const last: RecordedEvent = {
    seq: slipped.length + 1,
    at: '2026-11-21T04:00:00.000Z',
    event: { type: 'operator.acted', step: 'capacity', operator: 'ana', intent: edited },
  };
  const text = transcript({ events: [...slipped, last] });
  expect(text).toContain('- Input `database_url`: secret');
  expect(text).toContain('changed `database_url` (secret)');
  expect(text).not.toContain('pa$%');
});

test('masks in the journal are counted by the secret they stand for', () => {
  expect(transcript(troubled)).toContain('Masked in the journal: `database_url` (2 times).');
  expect(transcript(resolved)).toContain('Nothing was masked in the journal.');
});
