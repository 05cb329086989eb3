import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { growingReader } from '#run/journal/cursor.ts';
import { JournalFollower } from '#run/journal/file/follow.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const note = (text: string): RunEvent => ({ type: 'operator.noted', operator: 'ana', text });

/** A journal that is being written, and somebody who follows it. */
function followed() {
  const file = join(temporaryFolder(), 'journal.jsonl');
  const journal = openJournal(file, { clock: () => new Date() });
  journal.append(RUN_STARTED);
  const follower = new JournalFollower(file);
  onTestFinished(() => {
    follower.close();
    journal.close();
  });
  const read = growingReader();
  const seen = () => read(follower.look()).map(({ event }) => event);
  return { file, journal, seen };
}

test('every event is seen once, while another has the journal open for writing', () => {
  const { journal, seen } = followed();
  expect(seen()).toEqual([RUN_STARTED]);
  expect(seen()).toEqual([]);
  journal.append(note('one'));
  journal.append(note('two'));
  expect(seen()).toEqual([note('one'), note('two')]);
});

test('a last line is seen when it is whole, however it comes', () => {
  const { file, journal, seen } = followed();
  seen();
  journal.append(note('in pieces: ü'));
  const whole = readFileSync(file);
  const start = whole.subarray(0, -1).lastIndexOf(10) + 1;
  truncateSync(file, start);
  for (let at = start; at < whole.length; at += 1) {
    appendFileSync(file, whole.subarray(at, at + 1));
    expect(seen()).toEqual(at < whole.length - 1 ? [] : [note('in pieces: ü')]);
  }
});

test('a torn line that is taken back and written anew is seen as it is then', () => {
  const { file, journal, seen } = followed();
  seen();
  const { length } = readFileSync(file);
  appendFileSync(file, '{"seq":2,"at":"20');
  expect(seen()).toEqual([]);
  truncateSync(file, length);
  journal.append(note('anew'));
  expect(seen()).toEqual([note('anew')]);
});

test('a line that is not as it was written ends the following', () => {
  const { file, journal, seen } = followed();
  journal.append(note('one'));
  seen();
  journal.append(note('two'));
  writeFileSync(file, readFileSync(file, 'utf8').replace('"seq":3', '"seq":4'));
  expect(seen).toThrow(
    expect.objectContaining({
      message: "cannot read the run's journal: line 3 follows a gap: 1 line is missing",
    }),
  );
});

test.each([
  ['no line at all', 'not a line\n', 'line 2 is not a line of a journal'],
  ['JSON of something else', '{"level":"info"}\n', 'line 2 is not a line of a journal'],
])('%s ends the following, and is said', (_, line, said) => {
  const { file, seen } = followed();
  seen();
  appendFileSync(file, line);
  expect(seen).toThrow(said);
});

test('an event that is not as it has to be ends the following, and is said', () => {
  const { journal, seen } = followed();
  seen();
  journal.append({ type: 'operator.noted', operator: 'ana' } as unknown as RunEvent);
  expect(seen).toThrow(/line 2 is not a valid operator\.noted: .*text/);
});

test('a line that follows another one than was read ends the following', () => {
  const { file, journal, seen } = followed();
  journal.append(note('one'));
  seen();
  journal.append(note('two'));
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"prev":"[0-9a-f]{8}(?=[^\n]*two)/, '"prev":"01234567'));
  expect(seen).toThrow('line 2 was changed after it was written');
});

test('lines that are gone end the following', () => {
  const { file, seen } = followed();
  seen();
  truncateSync(file, 5);
  expect(seen).toThrow('lines that were there are gone');
});

test('a damaged line stays damaged, and nothing after it is seen', () => {
  const { file, journal, seen } = followed();
  seen();
  appendFileSync(file, 'not a line\n');
  expect(seen).toThrow('line 2 is not a line of a journal');
  journal.append(note('after'));
  expect(seen).toThrow('line 2 is not a line of a journal');
});

test('an event of a later version ends the following, with the reason', () => {
  const { file, journal, seen } = followed();
  journal.append({ ...note('x'), type: 'run.teleported' } as unknown as RunEvent);
  expect(seen).toThrow('which records events that this build does not know');
  expect(readFileSync(file, 'utf8')).toContain('run.teleported');
});
