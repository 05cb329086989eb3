import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { EVENT_VERSION } from '#events/log/event.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { encodeLine, NO_LINE } from '#run/journal/line.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const clock = () => new Date('2026-11-21T03:12:00.000Z');
let file: string;

beforeEach(() => {
  file = join(temporaryFolder(), 'journal.jsonl');
  const journal = openJournal(file, { clock });
  for (const event of someEvents(12)) journal.append(event);
  journal.close();
});

/** Changes the journal's lines by hand and reads it. */
function tamper(change: (lines: string[]) => void) {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  change(lines);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const { records, problems } = readJournal(file);
  return { last: records.at(-1)?.seq, problems };
}

test('a line that was edited is named, and neither it nor what follows is believed', () => {
  const found = tamper((lines) => {
    lines[4] = lines[4]?.replace('note 5', 'note X') ?? '';
  });
  expect(found).toEqual({
    last: 4,
    problems: [{ line: 5, what: 'was changed after it was written' }],
  });
});

test('a first line that was edited leaves nothing to believe', () => {
  const found = tamper((lines) => {
    lines[0] = lines[0]?.replace('"operator":"ana"', '"operator":"eve"') ?? '';
  });
  expect(found).toEqual({
    last: undefined,
    problems: [{ line: 1, what: 'was changed after it was written' }],
  });
});

test('removed lines are a gap', () => {
  const found = tamper((lines) => lines.splice(6, 2));
  expect(found).toEqual({
    last: 5,
    problems: [{ line: 7, what: 'follows a gap: 2 lines are missing' }],
  });
});

test('a removed first line is noticed', () => {
  const found = tamper((lines) => lines.splice(0, 1));
  expect(found).toMatchObject({ last: undefined, problems: [{ line: 1 }] });
});

test.each([
  ['has another number', { seq: 2 }],
  ['follows another line', { prev: 'f'.repeat(64) }],
  ['is no start', { event: { type: 'operator.noted', operator: 'eve', text: 'x' } as const }],
])('a first line that %s is not the first one', (_, more) => {
  const { prev, ...line } = {
    ...{ seq: 1, at: '2026-11-21T03:12:00.000Z', event: RUN_STARTED, prev: NO_LINE },
    ...more,
  };
  const found = tamper((lines) =>
    lines.splice(0, lines.length, encodeLine(line, prev).toString().trimEnd()),
  );
  expect(found).toEqual({
    last: undefined,
    problems: [{ line: 1, what: 'is not the first line of a run; lines are missing' }],
  });
});

test('a line inserted with a right number and hash is noticed at the line it pushed away', () => {
  const found = tamper((lines) => {
    const { prev } = JSON.parse(lines[4] ?? '');
    const event = { type: 'operator.noted', operator: 'eve', text: 'forged' } as const;
    const forged = encodeLine({ seq: 5, at: '2026-11-21T03:12:00.000Z', event }, prev);
    lines.splice(4, 0, forged.toString().trimEnd());
  });
  expect(found).toMatchObject({ last: 4, problems: [{ line: 6 }] });
  expect(found.problems[0]?.what).toContain('repeats number 5');
});

test('a repeated line is noticed', () => {
  const found = tamper((lines) => lines.splice(9, 0, lines[2] ?? ''));
  expect(found).toMatchObject({ last: 8, problems: [{ line: 10 }] });
});

test.each(['', 'garbage', '\0\0\0\0', '[]', 'null', '{"seq":6}'])(
  'a line that holds %j is no line of a journal',
  (text) => {
    const found = tamper((lines) => {
      lines[5] = text;
    });
    expect(found).toEqual({
      last: 4,
      problems: [{ line: 6, what: 'is not a line of a journal' }],
    });
  },
);

test('a journal with a broken chain is not continued', () => {
  tamper((lines) => lines.splice(6, 1));
  const { head } = readJournal(file);
  expect(() => openJournal(file, { clock, after: head })).toThrow(/not in order/);
});

test.each([
  [
    'a later version of the events',
    { ...RUN_STARTED, version: EVENT_VERSION + 1, program: 'runbook 9.1.0' },
  ],
  ['an event nobody knows yet', { type: 'run.teleported' }],
])('%s names the program that wrote it', (_, event) => {
  writeFileSync(file, '');
  const journal = openJournal(file, { clock });
  if (event.type !== 'run.started') {
    journal.append({ ...RUN_STARTED, program: 'runbook 9.1.0' });
  }
  journal.append(event as never);
  journal.close();
  expect(() => readJournal(file)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^this run was written by runbook 9\.1\.0/),
      ...{ code: 'newer-journal', hint: 'use that build, or a later one' },
    }),
  );
});

test('the program that resumed a run is named for what it wrote', () => {
  writeFileSync(file, '');
  const journal = openJournal(file, { clock });
  journal.append(RUN_STARTED);
  const resumed = { type: 'run.resumed', operator: 'eve', host: 'h', pid: 1 } as const;
  journal.append({ ...resumed, program: 'runbook 9.1.0' });
  journal.append({ type: 'run.teleported' } as never);
  journal.close();
  expect(() => readJournal(file)).toThrow(/^this run was written by runbook 9\.1\.0/);
});

test('a journal of this version and one of an earlier version are read', () => {
  for (const version of [1, EVENT_VERSION] as const) {
    writeFileSync(file, '');
    const journal = openJournal(file, { clock });
    journal.append({ ...RUN_STARTED, version });
    journal.close();
    expect(readJournal(file)).toMatchObject({ version, problems: [] });
  }
});

test('a journal of ten thousand events is read whole', () => {
  writeFileSync(file, '');
  const journal = openJournal(file, { clock });
  for (const event of someEvents(10_000)) journal.append(event);
  journal.close();
  expect(readJournal(file).records).toHaveLength(10_000);
});
