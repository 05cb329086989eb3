import { expect, test, vi } from 'vitest';
import { RowsJournal } from '#team/record/journal.ts';
import { type Portion, type Source, Writer } from '#team/record/writer.ts';
import { claimRun } from '#team/work/claim.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { addWorker, controlPlane, queuedRun } from '../../support/control-plane.ts';
import { draws, fc } from '../../support/properties.ts';
import { type Deed, modelStorage, type Storage, violation } from '../../support/two-writers.ts';

const BO = {
  person: 'bo',
  via: 'page',
  roles: ['operator'],
  environment: 'prod',
  signedInAt: undefined,
} as const;

const plane = controlPlane();

const worker = fc.constantFrom<0 | 1>(0, 1);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('claim'), worker }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('append'),
      worker,
      lines: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('reap', 'settle') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('kill', 'wake'), worker }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('next'),
      worker,
      fate: fc.constantFrom('unsent', 'unanswered', 'late'),
    }),
  },
) as fc.Arbitrary<Deed>;
const deeds = fc.array(deed, { minLength: 5, maxLength: 40 });

test('a model of the statement has one writer, whatever two workers do and whatever is lost', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (all) => {
      expect(await violation(modelStorage('r'), 'r', all)).toBeUndefined();
    }),
    draws(1_000),
  );
});

test('PostgreSQL has one writer, whatever two workers do and whatever is lost', async () => {
  const workers = [await addWorker(plane()), await addWorker(plane())];
  await fc.assert(
    fc.asyncProperty(deeds, async (all) => {
      const run = await queuedRun(plane());
      expect(await violation(rowsStorage(run, workers), run, all)).toBeUndefined();
    }),
    draws(60),
  );
});

/** A run in PostgreSQL as the storage under two writers. */
function rowsStorage(run: string, workers: readonly string[]): Storage {
  const { pool } = plane();
  return {
    pool,
    claim: (number) => claimRun(pool, run, workers[number] ?? ''),
    reap: async () => {
      await pool.query(
        'UPDATE runbook.run SET holder = NULL, epoch = epoch + 1 WHERE id = $1 AND holder IS NOT NULL',
        [run],
      );
    },
    rows: async () => {
      const sql = 'SELECT seq, epoch, line FROM runbook.run_event WHERE run_id = $1 ORDER BY seq';
      return (await pool.query<{ seq: number; epoch: string; line: string }>(sql, [run])).rows;
    },
    head: async () => {
      const sql = 'SELECT head_seq AS seq, head_hash AS hash FROM runbook.run WHERE id = $1';
      const { rows } = await pool.query<{ seq: number; hash: string }>(sql, [run]);
      return rows[0] ?? { seq: -1, hash: '' };
    },
  };
}

/** An open journal of a new run, with what it was told of its loss. */
async function openJournal(writer = plane().writer) {
  const id = await queuedRun(plane());
  const claim = await claimRun(plane().pool, id, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const onLost = vi.fn();
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  return { id, journal, onLost };
}

const append = (journal: RowsJournal, count: number) =>
  someEvents(count).map((event) => journal.append(event));

test('the lines of many runs in one turn are one statement', async () => {
  const { pool } = plane();
  let statements = 0;
  const query = (text: never) => {
    statements += 1;
    return pool.query(text);
  };
  const counting = { query } as never;
  const writer = new Writer(counting);
  const all = await Promise.all(Array.from({ length: 20 }, () => openJournal(writer)));
  for (const { journal } of all) append(journal, 5);
  await Promise.all(all.map(({ journal }) => journal.durable()));
  expect(statements).toBe(1);
  for (const { id } of all) expect(await plane().store.run(id)).toMatchObject({ headSeq: 5 });
});

test('more lines than fit into a statement are written in order by several', async () => {
  const { id, journal } = await openJournal();
  append(journal, 1);
  for (let line = 0; line < 2_500; line += 1)
    journal.append({ type: 'run.paused', reason: 'again' });
  await journal.durable();
  const { problems } = await (await import('#run/journal/cursor.ts')).readRecords(
    plane().store.record(id).journal,
  );
  expect(problems).toEqual([]);
  expect(await plane().store.run(id)).toMatchObject({ headSeq: 2_501 });
});

test('the answer to an intent is committed with the lines that come of it, and not without', async () => {
  const { store, pool } = plane();
  const { id, journal } = await openJournal();
  append(journal, 1);
  const intent = await store.addIntent({
    ...BO,
    run: id,
    intent: { type: 'stop' },
  });
  journal.append({ type: 'run.paused', reason: 'asked' });
  journal.answered({ id: intent, answer: '{"accepted":true}' });
  await journal.durable();
  expect(await store.intents(id)).toMatchObject([{ verdict: { accepted: true } }]);
  const second = await store.addIntent({
    ...BO,
    run: id,
    intent: { type: 'stop' },
  });
  await pool.query('UPDATE runbook.run SET epoch = epoch + 1 WHERE id = $1', [id]);
  journal.append({ type: 'run.paused', reason: 'asked' });
  journal.answered({ id: second, answer: '{"accepted":true}' });
  await expect(journal.durable()).rejects.toThrow('another worker holds the run');
  expect((await store.intents(id)).at(-1)?.verdict).toBeUndefined();
});

test('after an error every run of the batch is lost, and nothing is sent again', async () => {
  const { pool } = plane();
  let statements = 0;
  const answerless = {
    query: async (query: never) => {
      statements += 1;
      await pool.query(query);
      throw new Error('the connection is gone');
    },
  } as never;
  const writer = new Writer(answerless);
  const all = [await openJournal(writer), await openJournal(writer)];
  for (const { journal } of all) append(journal, 2);
  for (const { journal, onLost } of all) {
    await expect(journal.durable()).rejects.toThrow('did not confirm a write');
    expect(onLost).toHaveBeenCalledTimes(1);
    expect(() => append(journal, 1)).toThrow('did not confirm a write');
  }
  expect(statements).toBe(1);
});

test('a value that PostgreSQL cannot hold in text is a line all the same', async () => {
  const { id, journal } = await openJournal();
  append(journal, 1);
  journal.append({ type: 'run.paused', reason: 'a\0b \ud800 \u{1f600} "\\' });
  await journal.durable();
  const { readRecords } = await import('#run/journal/cursor.ts');
  const { records, problems } = await readRecords(plane().store.record(id).journal);
  expect(problems).toEqual([]);
  expect(records.at(-1)?.event).toMatchObject({ reason: 'a\0b \ud800 \u{1f600} "\\' });
});

test('lines go behind the last one only: of one epoch, a second writer and a gap are lost', async () => {
  const { pool, store } = plane();
  const id = await queuedRun(plane());
  const claim = await claimRun(pool, id, await addWorker(plane()));
  if (claim === undefined) throw new Error('it was not claimed');
  const open = (seq: number) => {
    const options = { claim: { ...claim, seq }, clock: () => new Date(), onLost: () => undefined };
    return new RowsJournal({ ...options, writer: new Writer(pool) });
  };
  const first = open(0);
  append(first, 2);
  await first.durable();
  for (const seq of [0, 1, 5]) {
    const other = open(seq);
    append(other, 1);
    await expect(other.durable()).rejects.toThrow('another worker holds the run');
  }
  expect((await store.lines(id)).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await store.run(id)).toMatchObject({ headSeq: 2 });
});

test('an intent is answered with the last of the lines that came of it, not before', async () => {
  const woken = vi.fn();
  const writer = { add: () => undefined, remove: () => undefined, wake: woken } as never;
  const claim = { id: 'r', epoch: '1', seq: 0, head: '' };
  const onLost = () => undefined;
  const journal = new RowsJournal({ claim, writer, clock: () => new Date(), onLost });
  append(journal, 3);
  journal.answered({ id: '7', answer: 'yes' });
  expect(woken).toHaveBeenCalled();
  const take = (lines: number) => journal.take({ lines, bytes: 1_000_000 });
  const portions = [take(1), take(1), take(1), take(1)];
  expect(portions.map((one) => one?.lines.length)).toEqual([1, 1, 1, undefined]);
  expect(portions.map((one) => one?.intents.length)).toEqual([0, 0, 1, undefined]);
});

/** A writer to a control plane that confirms everything, and what it was sent. */
function recordingWriter() {
  const sent: { readonly name: string; readonly runs: readonly string[]; lines: number }[] = [];
  const query = async ({ name, values }: { name: string; values: readonly string[][] }) => {
    const [runs = [], , , , , , lines = []] = values;
    sent.push({ name, runs, lines: lines.length });
    return { rows: runs.map((id) => ({ id })) };
  };
  return { writer: new Writer({ query } as never), sent };
}

/** A source with so many lines of so many bytes, and what it was asked and told. */
function source(run: string, lines: number, bytes = 1) {
  let left = lines;
  const told: string[] = [];
  const asked: { lines: number; bytes: number }[] = [];
  const one: Source = {
    run,
    take(limits) {
      asked.push(limits);
      const count = Math.min(left, limits.lines);
      if (count === 0) return undefined;
      left -= count;
      const line = { seq: 1, at: '', type: '', text: '', bytes, hash: '' };
      const portion = { run, epoch: '1', before: 0, lines: Array(count).fill(line), head: '' };
      return { ...portion, summary: undefined, intents: [] } as Portion;
    },
    kept: ({ lines: kept }) => void told.push(`kept ${kept.length}`),
    lost: (why) => void told.push(why),
  };
  return { one, told, asked };
}

test('runs are sent in the order of their IDs, as one prepared statement', async () => {
  const { writer, sent } = recordingWriter();
  const all = ['b', 'd', 'a', 'c'].map((run) => source(run, 1));
  for (const { one } of all) writer.add(one);
  writer.wake();
  await vi.waitFor(() => expect(all.every(({ told }) => told[0] === 'kept 1')).toBe(true));
  expect(sent).toEqual([{ name: 'write', runs: ['a', 'b', 'c', 'd'], lines: 4 }]);
});

test('a statement has a thousand lines and 4 MiB at most; what is left goes with the next', async () => {
  const { writer, sent } = recordingWriter();
  const [a, b, c] = [source('a', 400), source('b', 600), source('c', 5)];
  for (const { one } of [a, b, c]) writer.add(one);
  writer.wake();
  await vi.waitFor(() => expect(c.told).toEqual(['kept 5']));
  expect(sent.map(({ runs, lines }) => [runs.join(), lines])).toEqual([
    ['a,b', 1_000],
    ['c', 5],
  ]);
  expect(b.asked[0]).toEqual({ lines: 600, bytes: 4 * 1024 * 1024 - 400 });
  expect(c.asked[0]?.lines).toBe(1_000);

  const large = recordingWriter();
  const [d, e] = [source('d', 4, 1024 * 1024), source('e', 1)];
  for (const { one } of [d, e]) large.writer.add(one);
  large.writer.wake();
  await vi.waitFor(() => expect(e.told).toEqual(['kept 1']));
  expect(large.sent.map(({ runs }) => runs.join())).toEqual(['d', 'e']);
});

test('of two sources of one run the earlier one is lost, and removing it leaves the later one', async () => {
  const { writer, sent } = recordingWriter();
  const [earlier, later] = [source('a', 1), source('a', 2)];
  writer.add(earlier.one);
  writer.add(later.one);
  expect(earlier.told).toEqual(['the run was claimed again']);
  writer.remove(earlier.one);
  writer.wake();
  await vi.waitFor(() => expect(later.told).toEqual(['kept 2']));
  expect(earlier.asked).toEqual([]);

  const [gone, there] = [source('b', 1), source('c', 1)];
  writer.add(gone.one);
  writer.add(there.one);
  writer.remove(gone.one);
  writer.wake();
  await vi.waitFor(() => expect(there.told).toEqual(['kept 1']));
  expect(gone.asked).toEqual([]);
  expect(sent.map(({ runs }) => runs.join())).toEqual(['a', 'c']);
});
