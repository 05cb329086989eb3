import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '#errors.ts';
import { sha256 } from '#run/sha256.ts';
import { makePrivateFolder } from '#run/store/file/private-folder.ts';
import type { FolderRunbooks } from './runbooks.ts';

/** The time for which the texts of the folders are remembered. */
const REMEMBERED_MS = 5_000;
/** How long a text is kept that is in no folder and that no open run needs. */
const SPARED_MS = 7 * 86_400_000;

type Options = {
  /** Where texts are kept, each under its SHA-256; created with the first. Workers may share it. */
  readonly folder: string;
  /** Called with what a person who operates the worker should know. */
  readonly say: (text: string) => void;
};

/**
 * The texts that a worker executes: those in its runbook folders, and those that were there and that
 * open runs may still need, so that neither an edit nor an upgrade strands them.
 */
export class AcceptedTexts {
  readonly #runbooks: Pick<FolderRunbooks, 'found'>;
  readonly #options: Options;
  #own: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;
  /** Why the last text could not be kept. */
  #problem: string | undefined;

  constructor(runbooks: Pick<FolderRunbooks, 'found'>, options: Options) {
    this.#runbooks = runbooks;
    this.#options = options;
  }

  /** Resolves with whether a text, by its SHA-256, is accepted. */
  async has(digest: string): Promise<boolean> {
    const isOld = performance.now() - this.#readAt > REMEMBERED_MS;
    if (isOld || !this.#own.has(digest)) await this.read();
    return this.#own.has(digest) || (await this.#keeps(digest));
  }

  /** Reads the folders again and keeps what is new in them; what cannot be kept is said once. */
  async read(): Promise<void> {
    const texts = textsIn(this.#runbooks);
    this.#own = new Set(texts.keys());
    this.#readAt = performance.now();
    try {
      for (const [digest, text] of texts)
        if (!(await this.#keeps(digest))) await this.#keep(digest, text);
      this.#problem = undefined;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#problem)
        this.#options.say(`runbooks cannot be kept, an edit strands their open runs: ${problem}`);
      this.#problem = problem;
    }
  }

  /** Forgets the texts that were in no folder, and that no open run has needed, for a week. */
  async prune(needed: ReadonlySet<string>): Promise<void> {
    await this.read();
    const { folder } = this.#options;
    const now = new Date();
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      const digest = name.replace(/\.yaml$/, '');
      if (this.#own.has(digest) || needed.has(digest)) await utimes(file, now, now);
      else if (now.getTime() - (await stat(file)).mtimeMs > SPARED_MS) await rm(file);
    }
  }

  /** A file that was altered, or written in part, keeps nothing. */
  async #keeps(digest: string): Promise<boolean> {
    const text = await readFile(this.#fileOf(digest), 'utf8').catch(() => undefined);
    return text !== undefined && sha256(text) === digest;
  }

  async #keep(digest: string, text: string): Promise<void> {
    makePrivateFolder(this.#options.folder);
    const part = this.#fileOf(`${digest}.${process.pid}`);
    await writeFile(part, text, { mode: 0o600 });
    await rename(part, this.#fileOf(digest));
  }

  #fileOf(name: string): string {
    return join(this.#options.folder, `${name}.yaml`);
  }
}

/** The texts by their SHA-256; a file that was removed meanwhile is none. */
function textsIn(runbooks: Pick<FolderRunbooks, 'found'>): ReadonlyMap<string, string> {
  const texts = [...runbooks.found().values()].flatMap((read) => {
    try {
      return [read().text];
    } catch {
      return [];
    }
  });
  return new Map(texts.map((text) => [sha256(text), text]));
}
