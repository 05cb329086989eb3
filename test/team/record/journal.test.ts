import { expect, test, vi } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { foldEvent } from '#events/view/fold.ts';
import { decodeLine, NO_LINE } from '#run/journal/line.ts';
import { journalRows, RowsJournal } from '#team/record/journal.ts';
import { someEvents } from '../../fixtures/journal-events.ts';

const NOTE: RunEvent = { type: 'operator.noted', operator: 'ana', text: 'hi' };
const AT = new Date('2026-11-27T03:00:00Z');

/** A journal whose lines the test takes itself, as the writer does. */
function journal({ seq = 0, head = '' } = {}) {
  const said: string[] = [];
  const onLost = vi.fn();
  const one = new RowsJournal({
    claim: { id: 'r', epoch: '4', seq, head },
    writer: {
      add: () => void said.push('add'),
      remove: () => void said.push('remove'),
      wake: () => void said.push('wake'),
    } as never,
    clock: () => AT,
    onLost,
    onClosed: async () => void said.push('closed'),
  });
  const take = (limits: { lines?: number; bytes?: number } = {}) =>
    one.take({ lines: 1_000, bytes: 1_000_000, ...limits });
  const kept = (portion: ReturnType<typeof take>) => portion && one.kept(portion);
  return { one, said, onLost, take, kept };
}

/** Resolves with whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let is = false;
  const settle = () => {
    is = true;
  };
  void promise.then(settle, settle);
  await new Promise((done) => setImmediate(done));
  return is;
}

test('a line has the number and the hash of the one before, and the first of a run none', () => {
  const { one, take, said } = journal({ head: 'whatever a row says' });
  expect(one.append(NOTE)).toEqual({ seq: 1, at: AT.toISOString(), event: NOTE });
  const first = take();
  expect(first).toMatchObject({ run: 'r', epoch: '4', before: 0 });
  expect(decodeLine(Buffer.from(first?.lines[0]?.text ?? ''))?.prev).toBe(NO_LINE);
  one.append(NOTE, '2026-11-27T04:00:00Z');
  const second = take();
  expect(second).toMatchObject({ before: 1, lines: [{ seq: 2, at: '2026-11-27T04:00:00Z' }] });
  expect(decodeLine(Buffer.from(second?.lines[0]?.text ?? ''))?.prev).toBe(first?.head);
  expect(first?.head).toBe(first?.lines[0]?.hash);
  expect(said).toEqual(['add', 'wake', 'wake']);
  const later = journal({ seq: 7, head: 'abc' });
  later.one.append(NOTE);
  expect(decodeLine(Buffer.from(later.take()?.lines[0]?.text ?? ''))).toMatchObject({
    ...{ seq: 8, prev: 'abc' },
  });
});

test('the row of a run is known from its first line, or from the view of what came before', () => {
  const [started, note] = someEvents(2);
  if (started === undefined || note === undefined) throw new Error('no events');
  const begun = journal();
  begun.one.append(started);
  expect(begun.take()?.summary).toMatchObject({ status: 'running' });
  const unknown = journal({ seq: 1, head: 'a' });
  unknown.one.append(note);
  expect(unknown.take()?.summary).toBeUndefined();
  const continued = journal({ seq: 1, head: 'a' });
  continued.one.continueView(
    foldEvent(undefined, { seq: 1, at: AT.toISOString(), event: started }),
  );
  continued.one.append(note);
  expect(continued.take()?.summary).toMatchObject({ status: 'running' });
});

test('a portion holds what fits the limits, and one line at least', () => {
  const { one, take } = journal();
  for (let line = 0; line < 4; line += 1) one.append(NOTE);
  const { bytes = 0 } = take({ lines: 1 })?.lines[0] ?? {};
  expect(take({ bytes: 2 * bytes - 1 })?.lines.map(({ seq }) => seq)).toEqual([2]);
  expect(take({ bytes: 2 * bytes })?.lines.map(({ seq }) => seq)).toEqual([3, 4]);
  one.append(NOTE);
  expect(take({ bytes: 1 })?.lines.map(({ seq }) => seq)).toEqual([5]);
  expect(take()).toBeUndefined();
});

test('no more than 8 MiB wait to be written', () => {
  const { one, take } = journal();
  const large = { ...NOTE, text: 'x'.repeat(1_000_000) };
  for (let line = 0; line < 9; line += 1) one.append(large);
  expect(() => one.append(NOTE)).toThrow('the control plane does not accept lines any more');
  take({ lines: 2, bytes: 100_000_000 });
  expect(one.append(NOTE)).toMatchObject({ seq: 10 });
});

test('what was appended is durable once it is kept, and an answer once it was taken', async () => {
  const { one, take, kept, said } = journal();
  await one.durable();
  one.append(NOTE);
  const first = one.durable();
  one.append(NOTE);
  const second = one.durable();
  kept(take({ lines: 1 }));
  expect(await isSettled(first)).toBe(true);
  expect(await isSettled(second)).toBe(false);
  kept(take());
  expect(await isSettled(second)).toBe(true);
  await one.durable();
  const woken = said.length;
  one.answered({ id: '7', answer: 'yes' });
  expect(said.slice(woken)).toEqual(['wake']);
  const answered = one.durable();
  expect(await isSettled(answered)).toBe(false);
  const portion = take();
  expect(portion).toMatchObject({ lines: [], intents: [{ id: '7', answer: 'yes' }] });
  kept(portion);
  expect(await isSettled(answered)).toBe(true);
});

test('a lost journal rejects what waits, takes nothing more, and says so once', async () => {
  const { one, take, said, onLost } = journal();
  one.append(NOTE);
  one.append(NOTE);
  one.answered({ id: '6', answer: 'yes' });
  const waiting = one.durable();
  one.lost('the disk is full');
  one.lost('it was lost again');
  const error = "cannot write the run's journal: the disk is full";
  await expect(waiting).rejects.toThrow(error);
  await expect(one.durable()).rejects.toThrow(error);
  expect(() => one.append(NOTE)).toThrow(error);
  const before = said.length;
  one.answered({ id: '7', answer: 'yes' });
  expect(said).toHaveLength(before);
  expect(take()).toBeUndefined();
  expect(onLost).toHaveBeenCalledTimes(1);
  expect(said.filter((it) => it === 'remove')).toHaveLength(1);
});

test('a journal is closed once, when what it has is written', async () => {
  const { one, take, kept, said } = journal();
  one.append(NOTE);
  const closing = one.close();
  expect(await isSettled(closing)).toBe(false);
  kept(take());
  await closing;
  await one.close();
  expect(said.filter((it) => ['remove', 'closed'].includes(it))).toEqual(['remove', 'closed']);
  expect(() => one.append(NOTE)).toThrow("the run's journal is closed");
  one.answered({ id: '7', answer: 'yes' });
  expect(take()).toBeUndefined();
  const lost = journal();
  lost.one.append(NOTE);
  const ending = lost.one.close();
  lost.one.lost('gone');
  await ending;
  expect(lost.said.at(-1)).toBe('closed');
});

/** The rows of a run as the control plane has them. */
function rows(held?: Parameters<typeof journalRows>[2]) {
  const all = [
    { seq: 1, line: 'a\n' },
    { seq: 2, line: 'b\n' },
  ];
  let isHeld = false;
  const query = async (sql: string, [run, after = 0]: readonly unknown[]) => {
    if (run !== 'r') return { rows: [] };
    if (sql.includes('holder')) return { rows: [{ held: isHeld }] };
    return { rows: all.filter(({ seq }) => seq > Number(after)) };
  };
  const of = (run: string) => journalRows({ query } as never, run, held);
  return {
    ...{ of, one: of('r'), all },
    hold: () => {
      isHeld = true;
    },
  };
}

test('rows are read whole, and followed from where the last look ended', async () => {
  const { one, all } = rows();
  expect(String(await one.bytes())).toBe('a\nb\n');
  const followed = await one.follow();
  expect(String(await followed.look())).toBe('a\nb\n');
  expect(String(await followed.look())).toBe('');
  all.push({ seq: 3, line: 'c\n' });
  expect(String(await followed.look())).toBe('c\n');
});

test('a run that a worker holds is being written, and is repaired by nobody but that worker', async () => {
  const reading = rows();
  expect(await reading.one.isWritten()).toBe(false);
  expect(await reading.one.repair()).toBeUndefined();
  expect(await reading.of('none').isWritten()).toBe(false);
  reading.hold();
  expect(await reading.one.isWritten()).toBe(true);
  await expect(reading.one.repair()).rejects.toThrow('run r is being written by a worker');
  const open = () => Promise.reject(new Error('unused'));
  const own = rows({ open, isClaimed: true });
  own.hold();
  expect(await own.one.repair()).toBeUndefined();
});

test('a journal opens for its worker only, and behind the line that was read', async () => {
  await expect(rows().one.open({ clock: () => AT })).rejects.toThrow('the run r is only read here');
  const { one: opened, said } = journal();
  const held = { open: async () => ({ journal: opened, head: 'abc' }), isClaimed: true };
  const { one } = rows(held);
  expect(await one.open({ clock: () => AT })).toBe(opened);
  expect(await one.open({ clock: () => AT, after: 'abc' })).toBe(opened);
  expect(said).not.toContain('closed');
  await expect(one.open({ clock: () => AT, after: 'other' })).rejects.toThrow(
    'the journal of r has lines that were not there',
  );
  expect(said).toContain('closed');
});
