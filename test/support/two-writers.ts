import { setImmediate } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { RunEvent } from '#events/log/event.ts';
import { walkLines } from '#run/journal/cursor.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import { RowsJournal } from '#team/record/journal.ts';
import { Writer } from '#team/record/writer.ts';
import { someEvents } from '../fixtures/journal-events.ts';

/** What happens to two workers that want one run. */
export type Deed =
  | { readonly type: 'claim'; readonly worker: 0 | 1 }
  | { readonly type: 'kill'; readonly worker: 0 | 1 }
  | { readonly type: 'wake'; readonly worker: 0 | 1 }
  | { readonly type: 'append'; readonly worker: 0 | 1; readonly lines: number }
  /** What becomes of the next statement of a worker. */
  | { readonly type: 'next'; readonly worker: 0 | 1; readonly fate: Fate }
  | { readonly type: 'reap' }
  | { readonly type: 'settle' };

/**
 * The fate of a statement: it does not arrive, its answer does not, or it arrives only when its
 * worker wakes.
 */
export type Fate = 'unsent' | 'unanswered' | 'late';

/** A line as it is stored. */
export type StoredRow = { readonly seq: number; readonly epoch: string; readonly line: string };

/** The storage under two writers: PostgreSQL, or a model of it. */
export type Storage = {
  /** Where writers send their statement. */
  readonly pool: Pick<Pool, 'query'>;
  claim(worker: number): Promise<{ epoch: string; seq: number; head: string } | undefined>;
  reap(): Promise<void>;
  rows(): Promise<readonly StoredRow[]>;
  head(): Promise<{ readonly seq: number; readonly hash: string }>;
};

type Sending = () => Promise<unknown>;

/** A worker: its writer, and the journal it has open. */
class Worker {
  fate: Fate | undefined;
  late: Sending[] = [];
  journal: RowsJournal | undefined;
  isLost = false;
  readonly writer: Writer;

  constructor(pool: Pick<Pool, 'query'>) {
    const query = (...args: unknown[]) => {
      const send = () =>
        (pool.query as unknown as (...all: unknown[]) => Promise<unknown>)(...args);
      const fate = this.fate;
      this.fate = undefined;
      if (fate === 'unsent') return Promise.reject(new Error('the connection is gone'));
      if (fate === 'unanswered')
        return send().then(() => Promise.reject(new Error('the connection is gone')));
      if (fate === undefined) return send();
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      this.late.push(() => send().then(resolve, reject));
      return promise;
    };
    this.writer = new Writer({ query } as unknown as Pool);
  }
}

/**
 * Lets two workers do what they are told to, one deed after the other, and returns the first
 * violation of "one writer", or undefined.
 */
export async function violation(storage: Storage, run: string, deeds: readonly Deed[]) {
  const workers = [new Worker(storage.pool), new Worker(storage.pool)] as const;
  const promised: { epoch: string; seq: number; line: string }[] = [];
  const journals: RowsJournal[] = [];
  const written = new Map<string, string>();
  const owners = new Map<string, number>();
  for (const deed of deeds) await carryOut(deed);
  for (const worker of workers) {
    worker.fate = undefined;
    await setImmediate();
    for (const send of worker.late.splice(0)) await send();
  }
  // Those of killed workers too: what they had sent arrives.
  for (const journal of journals) await journal.durable().catch(() => undefined);
  return flawOf(await storage.rows(), await storage.head());

  async function carryOut(deed: Deed): Promise<void> {
    switch (deed.type) {
      case 'reap':
        return await storage.reap();
      case 'settle':
        for (const worker of workers) await settle(worker);
        return;
      case 'next':
        workers[deed.worker].fate = deed.fate;
        return;
      case 'append':
        return append(workers[deed.worker], deed.lines);
      case 'claim':
        return await claim(workers[deed.worker], deed.worker);
      case 'kill':
        workers[deed.worker].journal = undefined;
        return;
      case 'wake':
        for (const send of workers[deed.worker].late.splice(0)) await send();
    }
  }

  /** Waits for what was appended, unless its statement is held back. */
  async function settle(worker: Worker): Promise<void> {
    let isSettled = worker.journal === undefined;
    const over = () => {
      isSettled = true;
    };
    worker.journal?.durable().then(over, over);
    while (!isSettled && worker.late.length === 0) await setImmediate();
  }

  async function claim(worker: Worker, number: number): Promise<void> {
    const claimed = await storage.claim(number);
    if (claimed === undefined) return;
    if (owners.has(claimed.epoch)) throw new Error(`the epoch ${claimed.epoch} was given twice`);
    owners.set(claimed.epoch, number);
    worker.journal = new RowsJournal({
      claim: { id: run, ...claimed },
      writer: worker.writer,
      clock: () => new Date('2026-11-21T03:12:00.000Z'),
      onLost: () => undefined,
    });
    journals.push(worker.journal);
    heads.set(worker.journal, { epoch: claimed.epoch, seq: claimed.seq, head: claimed.head });
  }

  function append(worker: Worker, lines: number): void {
    const { journal } = worker;
    const at = journal && heads.get(journal);
    if (journal === undefined || at === undefined) return;
    for (let line = 0; line < lines; line += 1) {
      const event = eventAt(at);
      try {
        const record = journal.append(event);
        const bytes = encodeLine(record, at.seq === 0 ? NO_LINE : at.head);
        at.seq = record.seq;
        at.head = hashLine(bytes);
        written.set(`${at.epoch} ${record.seq}`, bytes.toString());
        const { epoch } = at;
        const { seq } = record;
        journal.durable().then(
          () => promised.push({ epoch, seq, line: bytes.toString() }),
          () => undefined,
        );
      } catch {
        return;
      }
    }
  }

  function flawOf(rows: readonly StoredRow[], head: { seq: number; hash: string }) {
    const gap = rows.findIndex(({ seq }, index) => seq !== index + 1);
    if (gap !== -1) return `line ${gap + 1} is missing or twice there`;
    const back = rows.find((row, i) => BigInt(row.epoch) < BigInt(rows[i - 1]?.epoch ?? 0));
    if (back !== undefined) return `line ${back.seq} of epoch ${back.epoch} follows a later epoch`;
    const foreign = rows.find(({ epoch, seq, line }) => written.get(`${epoch} ${seq}`) !== line);
    if (foreign !== undefined) return `line ${foreign.seq} was not written by its epoch`;
    const missing = promised.find(
      ({ epoch, seq, line }) => rows[seq - 1]?.epoch !== epoch || rows[seq - 1]?.line !== line,
    );
    if (missing !== undefined) return `line ${missing.seq} was durable and is not there`;
    const check = walkLines(Buffer.from(rows.map(({ line }) => line).join('')), () => undefined);
    if (check.problems.length > 0) return `the chain is broken: ${check.problems[0]?.what}`;
    if (head.seq !== rows.length || (rows.length > 0 && head.hash !== check.head))
      return 'the head of the run is not its last line';
    return undefined;
  }
}

/** The start of a run, or an event that says by whom it is. */
function eventAt({ epoch, seq }: { readonly epoch: string; readonly seq: number }): RunEvent {
  const [started] = someEvents(1);
  return seq === 0 && started !== undefined
    ? started
    : { type: 'run.paused', reason: `${epoch}/${seq}` };
}

const heads = new WeakMap<RowsJournal, { epoch: string; seq: number; head: string }>();

/** A model of the statement that writers send: what `own` does not update was lost. */
export function modelStorage(run: string): Storage {
  const rows: StoredRow[] = [];
  let head = { seq: 0, hash: NO_LINE };
  let epoch = 0;
  let holder: number | undefined;
  const write = (values: readonly unknown[][]) => {
    const [runs, epochs, befores, lasts, hashes] = values;
    const [, seqs, , , lines] = values.slice(6);
    const isOwn = epochs?.[0] === String(epoch) && befores?.[0] === head.seq;
    if (runs?.[0] !== run || !isOwn) return { rows: [] };
    head = { seq: Number(lasts?.[0]), hash: String(hashes?.[0]) };
    for (const [index, seq] of (seqs ?? []).entries())
      rows.push({ seq: Number(seq), epoch: String(epoch), line: String(lines?.[index]) });
    return { rows: [{ id: run }] };
  };
  return {
    pool: {
      query: async ({ values }: { values: readonly unknown[][] }) => write(values),
    } as unknown as Pool,
    claim: async (worker) => {
      if (holder !== undefined) return undefined;
      holder = worker;
      epoch += 1;
      return { epoch: String(epoch), seq: head.seq, head: head.hash };
    },
    reap: async () => {
      if (holder !== undefined) epoch += 1;
      holder = undefined;
    },
    rows: async () => rows,
    head: async () => head,
  };
}
