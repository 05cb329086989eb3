import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Runbook, Step } from '#runbook/model/runbook.ts';
import type { Severity } from '#runbook/model/terms.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { PROGRAM } from '../version.ts';
import { type CheckedFolder, checkedFolders } from './checked-folders.ts';

/** A runbook that passed its checks, with the warnings about it. */
export type CheckedRunbook = {
  readonly runbook: Runbook;
  readonly warnings: readonly Diagnostic[];
};

/** The part of a runbook that lists show. */
export type RunbookHead = {
  readonly title: string;
  readonly severity: Severity;
  readonly summary: string;
};

/** The first line of an entry. The rest is the runbook without its text and its inner runbooks. */
type EntryHead = RunbookHead & {
  /** The keys of its inner runbooks by name; it is only valid with these. */
  readonly inner: Readonly<Record<string, string>>;
  readonly sha256: string;
};

/**
 * Runbooks that this build of the program has checked before, so that they need no parser at the next
 * start. An entry is found by what was checked: the name of the file, its text, and the same of
 * every inner runbook. Only valid runbooks are kept; a missing or damaged entry means another check.
 */
export class CheckedRunbooks {
  readonly #folders: readonly CheckedFolder[];
  readonly #sourceOf: (name: string) => Source | undefined;
  readonly #heads = new Map<string, EntryHead | undefined>();
  readonly #read = new Map<string, CheckedRunbook | undefined>();

  /** Inner runbooks are looked up with `sourceOf`, by name. */
  constructor(sourceOf: (name: string) => Source | undefined) {
    this.#folders = checkedFolders();
    this.#sourceOf = sourceOf;
  }

  /** Whether anything can be kept here. */
  get canKeep(): boolean {
    return this.#folders.length > 0;
  }

  /** Returns the head of a runbook; undefined if it has to be checked. */
  head(source: Source): RunbookHead | undefined {
    return this.#headOf(keyOf(source));
  }

  /** Returns a runbook with its inner runbooks; undefined if it has to be checked. */
  read(source: Source): CheckedRunbook | undefined {
    const key = keyOf(source);
    if (!this.#read.has(key)) this.#read.set(key, this.#readEntry(source, key));
    return this.#read.get(key);
  }

  /** Keeps a runbook; its inner runbooks have to be kept as well, each with its own warnings. */
  keep({ runbook, warnings }: CheckedRunbook): void {
    const inner: Record<string, string> = {};
    for (const { name, source } of innerOf(runbook)) inner[name] = keyOf(source);
    const { title, severity, summary } = runbook;
    const body = serialize({ runbook: stripped(runbook), warnings });
    const head: EntryHead = { title, severity, summary, inner, sha256: sha256(body) };
    const entry = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
    const key = keyOf(runbook.source);
    for (const { write } of this.#folders) write?.(key, entry);
    this.#heads.delete(key);
    this.#read.delete(key);
  }

  #headOf(key: string): EntryHead | undefined {
    if (!this.#heads.has(key)) {
      this.#heads.set(key, undefined);
      this.#heads.set(key, this.#validHead(key));
    }
    return this.#heads.get(key);
  }

  #validHead(key: string): EntryHead | undefined {
    const entry = this.#entry(key);
    if (entry === undefined) return undefined;
    const isSame = ([name, wanted]: readonly [string, string]) => {
      const source = this.#sourceOf(name);
      return source !== undefined && keyOf(source) === wanted && this.#headOf(wanted) !== undefined;
    };
    return Object.entries(entry.head.inner).every(isSame) ? entry.head : undefined;
  }

  #readEntry(source: Source, key: string): CheckedRunbook | undefined {
    if (this.#headOf(key) === undefined) return undefined;
    const entry = this.#entry(key);
    if (entry === undefined || sha256(entry.body) !== entry.head.sha256) return undefined;
    const inner = new Map<string, Runbook>();
    for (const name of Object.keys(entry.head.inner)) {
      const text = this.#sourceOf(name);
      const read = text && this.read(text);
      if (read === undefined) return undefined;
      inner.set(name, read.runbook);
    }
    const { runbook, warnings }: CheckedRunbook = deserialize(entry.body);
    return { runbook: completed({ ...runbook, source }, inner), warnings };
  }

  #entry(key: string): { readonly head: EntryHead; readonly body: Buffer } | undefined {
    for (const folder of this.#folders) {
      const bytes = folder.read(key);
      const lineEnd = bytes?.indexOf('\n') ?? -1;
      if (bytes === undefined || lineEnd === -1) continue;
      try {
        const head: EntryHead = JSON.parse(bytes.toString('utf8', 0, lineEnd));
        if (head?.sha256 === undefined || head.inner === undefined) continue;
        return { head, body: bytes.subarray(lineEnd + 1) };
      } catch {}
    }
    return undefined;
  }
}

function keyOf({ file, text }: Source): string {
  return sha256(JSON.stringify([PROGRAM, process.version, basename(file), text]));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

const NO_SOURCE: Source = { file: '', text: '' };

function stripped(runbook: Runbook): Runbook {
  return withInner({ ...runbook, source: NO_SOURCE }, ({ name }) => ({ name }) as Runbook);
}

function completed(runbook: Runbook, inner: ReadonlyMap<string, Runbook>): Runbook {
  return withInner(runbook, (reference) => inner.get(reference.name) ?? reference);
}

function withInner(runbook: Runbook, place: (inner: Runbook) => Runbook): Runbook {
  const steps = runbook.steps.map((step): Step => {
    const { does } = step;
    return does.kind === 'runbook'
      ? { ...step, does: { ...does, runbook: place(does.runbook) } }
      : step;
  });
  return { ...runbook, steps };
}

function innerOf({ steps }: Runbook): readonly Runbook[] {
  return steps.flatMap(({ does }) => (does.kind === 'runbook' ? [does.runbook] : []));
}
