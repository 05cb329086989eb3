import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Library } from '#lsp/document.ts';
import { withLibraries } from '#runbook/expand/bundle.ts';
import { libraryPath, type Source } from '#runbook/yaml/source.ts';
import type { ParsePostgres } from '#safety/effects/postgres/infer.ts';
import { selectedColumns } from '#safety/effects/postgres/selected-columns.ts';
import { loadEffectParsers } from '../../library/effect-parsers.ts';
import { findRunbooks, readSource, runbookFolders } from '../../library/find-runbook.ts';
import { readText } from '../../library/read-text.ts';
import { runbookName, runbooksIn } from '../../library/runbook-folders.ts';
import { pathFromHere } from '../../path-from-here.ts';
import { runbookBeside } from './document-kind.ts';

/** More statements than this are not remembered. */
const MOST_STATEMENTS = 2000;

/**
 * The runbooks that an open document can name, found as `runbook validate` finds them. The text of an
 * open one is that of the editor.
 */
export class OpenLibrary implements Library {
  readonly #dirs: readonly string[];
  readonly #open: () => readonly TextDocument[];
  readonly #columns = new Map<string, readonly string[] | undefined>();
  #files: ReadonlyMap<string, string> | undefined;
  #parse: ParsePostgres | undefined;

  constructor(dirs: readonly string[], open: () => readonly TextDocument[]) {
    this.#dirs = dirs;
    this.#open = open;
  }

  /** Loads the parser that finds the columns of statements, once; without it there are no columns. */
  async loadParser(): Promise<void> {
    if (this.#parse !== undefined) return;
    const { postgres } = await loadEffectParsers({ shell: false, postgres: true });
    this.#parse = postgres;
  }

  /** Forgets which runbooks there are. */
  refresh(): void {
    this.#files = undefined;
  }

  names(): readonly string[] {
    return [...this.#found().keys()];
  }

  /** Returns the file of a runbook, absolute. */
  file(name: string): string | undefined {
    return this.#found().get(name);
  }

  source(name: string): Source | undefined {
    const file = this.file(name);
    return file === undefined || !existsSync(file) ? undefined : this.read(file);
  }

  /** Returns the text of a file, as it is in the editor or else on disk. */
  read(file: string): Source {
    const open = this.#open().find(({ uri }) => pathOfUri(uri) === file);
    return open === undefined
      ? readSource(file)
      : this.withLibraries(file, { file: pathFromHere(file), text: open.getText() });
  }

  /** Returns the text of a file with the library files that it uses, as they are in the editor. */
  withLibraries(file: string, source: Source): Source {
    return withLibraries(source, (name) => {
      const path = libraryPath(file, name);
      const open = this.#open().find(({ uri }) => pathOfUri(uri) === path);
      if (open !== undefined) return open.getText();
      return existsSync(path) ? readText(path) : undefined;
    });
  }

  tested(file: string): Source | undefined {
    const runbook = runbookBeside(file);
    return existsSync(runbook) ? this.read(runbook) : undefined;
  }

  fileNames(file: string): readonly string[] {
    return runbooksIn(dirname(libraryPath(file, 'any'))).map(runbookName);
  }

  /** Returns whether a file is in one of the folders that are searched for runbooks. */
  isInFolder(file: string): boolean {
    return runbookFolders(this.#dirs).includes(dirname(file));
  }

  columns(sql: string): readonly string[] | undefined {
    if (this.#parse === undefined) return undefined;
    if (!this.#columns.has(sql)) {
      if (this.#columns.size >= MOST_STATEMENTS) this.#columns.clear();
      this.#columns.set(
        sql,
        selectedColumns(sql, this.#parse)?.map(({ name }) => name),
      );
    }
    return this.#columns.get(sql);
  }

  #found(): ReadonlyMap<string, string> {
    this.#files ??= new Map(findRunbooks(this.#dirs).map(({ name, file }) => [name, file]));
    return this.#files;
  }
}

/** Returns the path of a document, or undefined if it is not a file. */
export function pathOfUri(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
