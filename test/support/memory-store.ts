import { environmentError, usageError } from '#errors.ts';
import type { ChangeBoard, ChangeSign } from '#run/changes/port.ts';
import { attachTo } from '#run/follow/attach.ts';
import type { Notice, Watcher } from '#run/follow/port.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import type { Journal, OpenOptions, RunJournal } from '#run/journal/port.ts';
import { isOutputPath, type RunOutputs } from '#run/outputs/port.ts';
import { findRun, newRunId } from '#run/store/id.ts';
import type { ArchivedPiece, NewRun, RunRecord, RunStore, WantedRows } from '#run/store/port.ts';
import { rowsOf } from '#run/store/row.ts';
import { verifyRun } from '#run/store/verify-run.ts';

/** What a store in memory holds of a run, to be looked at and to be spoilt. */
export type KeptInMemory = {
  readonly record: RunRecord;
  /** Whole lines, as bytes. */
  readonly lines: Buffer[];
  /** What a crash left of the line it interrupted. */
  torn: Buffer;
  readonly outputs: Map<string, Buffer>;
  /** Makes the next syncs wait until the returned function is called. */
  hold(): () => void;
};

/** A store of runs that touches no file: a second implementation of the ports. */
export class MemoryStore implements RunStore {
  readonly #runs = new Map<string, KeptInMemory>();
  readonly #signs: Signs = new Map();

  async create(run: NewRun): Promise<RunRecord> {
    const id = newRunId(run.name, run.now, run.random);
    const kept = inMemory(id, run, this.#signs);
    this.#runs.set(id, kept);
    return kept.record;
  }

  async open(wanted: string): Promise<RunRecord> {
    return this.kept(wanted).record;
  }

  async *runs() {
    for (const id of this.#newestFirst()) yield this.kept(id).record;
  }

  attach(wanted: string | undefined, watcher: Watcher) {
    return attachTo(this, wanted, watcher);
  }

  rows(wanted?: WantedRows) {
    return rowsOf(this.runs(), wanted);
  }

  async restore(id: string, content: AsyncIterable<ArchivedPiece>): Promise<RunRecord> {
    if (this.#runs.has(id)) throw usageError(`the run ${id} is here already`);
    const files = new Map<string, Buffer>();
    for await (const { file, bytes } of content)
      files.set(file, Buffer.concat([files.get(file) ?? Buffer.alloc(0), bytes]));
    const kept = fromFiles(id, files);
    const [flaw] = (await verifyRun(kept.record)).flaws;
    if (flaw !== undefined)
      throw environmentError(`the run ${id} is not as it was written: ${flaw.file} ${flaw.what}`);
    this.#runs.set(id, kept);
    return kept.record;
  }

  async remove(id: string): Promise<void> {
    if (!this.#runs.delete(id)) throw environmentError(`the run ${id} cannot be removed`);
  }

  /** Returns what is held of a run. */
  kept(wanted: string): KeptInMemory {
    const kept = this.#runs.get(findRun(this.#newestFirst(), wanted));
    if (kept === undefined) throw usageError(`there is no run "${wanted}"`);
    return kept;
  }

  #newestFirst(): readonly string[] {
    return [...this.#runs.keys()].sort().reverse();
  }
}

type Signs = Map<string, ChangeSign>;

function boardOf(run: string, signs: Signs): ChangeBoard {
  return {
    show: async (sign) => void signs.set(run, sign),
    others: async () =>
      [...signs].flatMap(([id, sign]) =>
        id === run ? [] : [{ ...sign, run: id, isCertain: true }],
      ),
    clear: async () => void signs.delete(run),
  };
}

function fromFiles(id: string, files: ReadonlyMap<string, Buffer>): KeptInMemory {
  const source = (file: string) => ({ file, text: files.get(file)?.toString() ?? '' });
  const names = [...files.keys()];
  const children = names.flatMap((file) => {
    const name = /^runbooks\/(?<name>.+)\.yaml$/.exec(file)?.groups?.name;
    return name === undefined ? [] : [{ name, source: source(file) }];
  });
  const kept = inMemory(id, { source: source('runbook.yaml'), children });
  const lines = files.get('journal.jsonl')?.toString() ?? '';
  kept.lines.push(...(lines.match(/.*\n/g) ?? []).map((line) => Buffer.from(line)));
  for (const file of names.filter((name) => name.startsWith('outputs/')))
    kept.outputs.set(file, files.get(file) ?? Buffer.alloc(0));
  return kept;
}

function inMemory(
  id: string,
  { source, children = [] }: Pick<NewRun, 'source' | 'children'>,
  signs: Signs = new Map(),
): KeptInMemory {
  const outputs = new Map<string, Buffer>();
  const journal = new MemoryJournal(id);
  const listeners = new Set<(notice: Notice) => void>();
  const record: RunRecord = {
    id,
    where: `memory of ${id}`,
    journal,
    outputs: outputsIn(outputs),
    sources: {
      runbook: async () => source.text,
      child: async (name) => {
        const child = children.find((one) => one.name === name);
        if (child === undefined) throw new Error(`no runbook ${name}`);
        return child.source.text;
      },
    },
    board: boardOf(id, signs),
    notices: {
      leave: async (notice) => {
        for (const listener of listeners) listener(notice);
      },
      receive: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
  return {
    record,
    lines: journal.lines,
    get torn() {
      return journal.torn;
    },
    set torn(bytes) {
      journal.torn = bytes;
    },
    outputs,
    hold: () => journal.hold(),
  };
}

class MemoryJournal implements RunJournal {
  readonly lines: Buffer[] = [];
  torn: Buffer = Buffer.alloc(0);
  readonly #id: string;
  #held: Promise<void> | undefined;
  #isOpen = false;

  constructor(id: string) {
    this.#id = id;
  }

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async bytes() {
    return Buffer.concat([...this.lines, this.torn]);
  }

  async repair(): Promise<string | undefined> {
    this.#refuseTwo();
    const { torn } = this;
    this.torn = Buffer.alloc(0);
    return torn.length === 0 ? undefined : torn.toString();
  }

  async open({ clock, after }: OpenOptions): Promise<Journal> {
    this.#refuseTwo();
    if (this.torn.length > 0) throw environmentError('its last line is torn');
    const last = this.lines.at(-1);
    let head = last === undefined ? NO_LINE : hashLine(last);
    if (after !== undefined && after !== head)
      throw environmentError('it has lines that were not there');
    this.#isOpen = true;
    let isClosed = false;
    return {
      append: (event, at = clock().toISOString()) => {
        if (isClosed) throw environmentError('it is closed');
        const record = { seq: this.lines.length + 1, at, event };
        const line = encodeLine(record, head);
        this.lines.push(line);
        head = hashLine(line);
        return record;
      },
      durable: async () => await this.#held,
      close: async () => {
        if (!isClosed) this.#isOpen = false;
        isClosed = true;
      },
    };
  }

  async follow() {
    let seen = 0;
    return {
      look: async () => {
        const lines = this.lines.slice(seen);
        seen = this.lines.length;
        return Buffer.concat(lines);
      },
      close: () => undefined,
    };
  }

  async isWritten(): Promise<boolean> {
    return this.#isOpen;
  }

  #refuseTwo(): void {
    if (this.#isOpen) throw environmentError(`run ${this.#id} is being written by this process`);
  }
}

function outputsIn(kept: Map<string, Buffer>): RunOutputs {
  return {
    sink: {
      begin: (name) => {
        let file = `outputs/${name}`;
        for (let number = 2; kept.has(file); number += 1) file = `outputs/${name}.${number}`;
        kept.set(file, Buffer.alloc(0));
        return {
          file,
          write: (bytes) => {
            kept.set(file, Buffer.concat([kept.get(file) ?? Buffer.alloc(0), bytes]));
            return bytes.length;
          },
          durable: async () => undefined,
          close: () => undefined,
        };
      },
    },
    source: {
      names: async () => [...kept.keys()].sort(),
      size: async (file) => kept.get(file)?.length,
      read: async (file, start, length) => {
        const bytes = isOutputPath(file) ? kept.get(file) : undefined;
        if (bytes === undefined) throw environmentError('this output is not there');
        return bytes.subarray(start, start + length);
      },
      whereIs: (file) => `memory:${file}`,
    },
  };
}
