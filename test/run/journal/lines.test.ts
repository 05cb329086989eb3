import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJournal } from '#run/journal/file/read.ts';
import { repairTail } from '#run/journal/file/tail.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { decodeLine } from '#run/journal/line.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const clock = () => new Date('2026-11-21T03:12:00.000Z');

/** Writes a journal of some events and returns its file. */
function journalOf(count: number): string {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const journal = openJournal(file, { clock });
  for (const event of someEvents(count)) journal.append(event);
  journal.close();
  return file;
}

test('a journal reads back as the events that were written, in order', () => {
  const file = journalOf(20);
  const { records, problems, tornBytes, version } = readJournal(file);
  expect(records.map(({ event }) => event)).toEqual(someEvents(20));
  expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect({ problems, tornBytes, version }).toEqual({ problems: [], tornBytes: 0, version: 1 });
});

test('an event is in the file as soon as it is appended', () => {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const journal = openJournal(file, { clock });
  for (const [index, event] of someEvents(5).entries()) {
    journal.append(event);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(index + 2);
  }
  journal.close();
});

test('only the owner can read a journal', () => {
  expect(statSync(journalOf(1)).mode & 0o777).toBe(0o600);
});

test('each line holds what sha256sum says of the line before', () => {
  const file = journalOf(4);
  const sums = [1, 2, 3].map((line) =>
    execFileSync('sh', ['-c', `sed -n ${line}p "$1" | sha256sum`, 'sh', file], {
      encoding: 'utf8',
    }).slice(0, 64),
  );
  const prevs = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, 4)
    .map((line) => JSON.parse(line).prev);
  expect(prevs).toEqual(['0'.repeat(64), ...sums]);
});

test('a journal is continued where it ends', () => {
  const file = journalOf(3);
  const { head } = readJournal(file);
  const journal = openJournal(file, { clock, after: head });
  const record = journal.append({ type: 'run.paused', reason: 'left' });
  journal.close();
  expect(record.seq).toBe(4);
  expect(readJournal(file)).toMatchObject({ problems: [], records: { length: 4 } });
});

test('a journal that grew since it was read is not continued', () => {
  const file = journalOf(3);
  const { head } = readJournal(file);
  const other = openJournal(file, { clock });
  other.append({ type: 'run.paused', reason: 'left' });
  other.close();
  expect(() => openJournal(file, { clock, after: head })).toThrow(/lines that were not there/);
});

test('a closed journal takes no event', () => {
  const journal = openJournal(join(temporaryFolder(), 'journal.jsonl'), { clock });
  journal.close();
  journal.close();
  expect(() => journal.append({ type: 'run.paused', reason: 'x' })).toThrow(/closed/);
});

test('a last line cut at any byte is reported, removed and continued after', () => {
  const file = journalOf(4);
  const whole = readFileSync(file);
  const lastStart = whole.lastIndexOf('\n', whole.length - 2) + 1;
  for (let end = lastStart + 1; end < whole.length; end += 1) {
    writeFileSync(file, whole.subarray(0, end));
    const torn = readJournal(file);
    expect(torn).toMatchObject({
      problems: [],
      tornBytes: end - lastStart,
      records: { length: 3 },
    });
    expect(() => openJournal(file, { clock })).toThrow(/torn/);
    expect(repairTail(file)).toBe(whole.subarray(lastStart, end).toString('utf8'));
    const journal = openJournal(file, { clock, after: torn.head });
    journal.append({ type: 'run.paused', reason: 'left' });
    journal.close();
    expect(readJournal(file)).toMatchObject({ problems: [], tornBytes: 0, records: { length: 4 } });
  }
});

test('a journal of which only a part of the first line was written is empty once repaired', () => {
  const file = journalOf(1);
  writeFileSync(file, readFileSync(file).subarray(0, 30));
  expect(readJournal(file)).toMatchObject({ records: [], tornBytes: 30, version: undefined });
  repairTail(file);
  expect(statSync(file).size).toBe(0);
});

test('a whole journal needs no repair', () => {
  const file = journalOf(3);
  const before = readFileSync(file);
  expect(repairTail(file)).toBeUndefined();
  expect(readFileSync(file)).toEqual(before);
});

test('a last line of many pages is found again', () => {
  const file = journalOf(1);
  const journal = openJournal(file, { clock });
  journal.append({ type: 'run.paused', reason: 'x'.repeat(300_000) });
  journal.close();
  appendFileSync(file, '{"seq":3,');
  expect(repairTail(file)).toBe('{"seq":3,');
  const { records, head } = readJournal(file);
  expect(records).toHaveLength(2);
  openJournal(file, { clock, after: head }).close();
});

test('a journal that is not there cannot be read or repaired, and the error says so', () => {
  const file = join(temporaryFolder(), 'journal.jsonl');
  expect(() => readJournal(file)).toThrow(/cannot read the run's journal: ENOENT/);
  expect(() => repairTail(file)).toThrow(/cannot repair the run's journal: ENOENT/);
});

test.each([
  ['a number that is none', { seq: '1' }],
  ['a broken number', { seq: 1.5 }],
  ['no time', { at: undefined }],
  ['no hash of the line before', { prev: 7 }],
  ['an event that is a text', { event: 'run.paused' }],
  ['no event', { event: null }],
  ['an event without a type', { event: { reason: 'x' } }],
  ['an event whose type is no text', { event: { type: 1 } }],
])('JSON with %s is no line of a journal', (_, wrong) => {
  const line = { seq: 1, at: '2026-11-21T03:12:00.000Z', prev: '', event: { type: 'run.paused' } };
  const decoded = (value: object) => decodeLine(Buffer.from(JSON.stringify(value)));
  expect(decoded(line)).toEqual(line);
  expect(decoded({ ...line, ...wrong })).toBeUndefined();
});

test.each([
  ['null', 'null'],
  ['a number', '7'],
  ['a list', '[]'],
  ['no JSON', '{"seq":1,'],
  ['nothing', ''],
])('%s is no line of a journal', (_, text) => {
  expect(decodeLine(Buffer.from(text))).toBeUndefined();
});
