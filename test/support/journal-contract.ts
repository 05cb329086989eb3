import { describe, expect, test } from 'vitest';
import { growingReader, readRecords } from '#run/journal/cursor.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import type { Journal, RunJournal } from '#run/journal/port.ts';
import { someEvents } from '../fixtures/journal-events.ts';
import { createRun, type StoreUnderTest } from './stores.ts';

const clock = () => new Date('2026-11-21T03:12:00.000Z');
const PAUSED = { type: 'run.paused', reason: 'left' } as const;

/** The contract of a journal, which every storage keeps. */
export function testJournal([where, newStore]: StoreUnderTest): void {
  describe(`a journal kept in ${where}`, () => {
    const empty = async (): Promise<RunJournal> => (await createRun(newStore())).journal;
    const append = (journal: Journal, count: number) =>
      someEvents(count).map((event) => journal.append(event));

    /** A journal of some events that nobody writes any more. */
    async function written(count: number): Promise<RunJournal> {
      const kept = await empty();
      const journal = await kept.open({ clock });
      append(journal, count);
      await journal.close();
      return kept;
    }

    test('gives events their numbers in order, and reads them back as they were', async () => {
      const kept = await empty();
      const journal = await kept.open({ clock });
      const records = append(journal, 5);
      await journal.close();
      expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      expect(await readRecords(kept)).toMatchObject({
        records,
        problems: [],
        tornBytes: 0,
        version: 1,
      });
    });

    test('keeps the time an event happened at, and takes its own clock for others', async () => {
      const journal = await (await empty()).open({ clock });
      const [first, second] = someEvents(2);
      if (first === undefined || second === undefined) throw new Error('no events');
      const at = '2026-11-21T03:00:00.000Z';
      expect(journal.append(first, at).at).toBe(at);
      expect(journal.append(second).at).toBe(clock().toISOString());
      await journal.close();
    });

    test('chains its lines by the hashes of their bytes', async () => {
      const kept = await written(4);
      const { records, head } = await readRecords(kept);
      const last = records.reduce((prev, record) => hashLine(encodeLine(record, prev)), NO_LINE);
      expect(head).toBe(last);
    });

    test('is continued where it ends, and not where it no longer does', async () => {
      const kept = await written(3);
      const { head } = await readRecords(kept);
      const journal = await kept.open({ clock, after: head });
      expect(journal.append(PAUSED).seq).toBe(4);
      await journal.close();
      await expect(kept.open({ clock, after: head })).rejects.toThrow('lines that were not there');
      expect((await readRecords(kept)).problems).toEqual([]);
    });

    test('has one writer at a time', async () => {
      const kept = await empty();
      const journal = await kept.open({ clock });
      append(journal, 1);
      expect(await kept.isWritten()).toBe(true);
      await expect(kept.open({ clock })).rejects.toThrow('is being written');
      await expect(kept.repair()).rejects.toThrow('is being written');
      append(journal, 1);
      await journal.close();
      expect(await kept.isWritten()).toBe(false);
      await (await kept.open({ clock })).close();
    });

    test('takes nothing more once it is closed, and can be closed twice', async () => {
      const journal = await (await empty()).open({ clock });
      await journal.close();
      await journal.close();
      expect(() => journal.append(PAUSED)).toThrow('closed');
    });

    test('says when what was appended is durable', async () => {
      const kept = await empty();
      const journal = await kept.open({ clock });
      await journal.durable();
      append(journal, 3);
      await journal.durable();
      expect((await readRecords(kept)).records).toHaveLength(3);
      await journal.close();
    });

    test('is read while it is written, each event once', async () => {
      const kept = await empty();
      const journal = await kept.open({ clock });
      const [started, ...others] = someEvents(4);
      if (started === undefined) throw new Error('no events');
      journal.append(started);
      await journal.durable();
      const followed = await kept.follow();
      const read = growingReader();
      const seen = async () => read(await followed.look()).map(({ event }) => event);
      expect(await seen()).toEqual([started]);
      expect(await seen()).toEqual([]);
      for (const event of others) journal.append(event);
      await journal.durable();
      expect(await seen()).toEqual(others);
      followed.close();
      await journal.close();
    });

    test('has nothing to repair when its last line is whole', async () => {
      const kept = await written(2);
      const before = await readRecords(kept);
      expect(await kept.repair()).toBeUndefined();
      expect(await readRecords(kept)).toEqual(before);
    });
  });
}
