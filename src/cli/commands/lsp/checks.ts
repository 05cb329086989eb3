import { basename, dirname } from 'node:path';
import type { Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { runbookName } from '../../library/runbook-folders.ts';
import { pathFromHere } from '../../path-from-here.ts';
import { diagnosticOf } from './as-protocol.ts';
import { documentKind, runbookBeside } from './document-kind.ts';
import { DraftCheck } from './draft-check.ts';
import { type OpenLibrary, pathOfUri } from './open-library.ts';

/** The pause after a keystroke before the text is checked. */
const PAUSE_MS = 150;

/** Publishes the problems of open documents while they are edited. */
export class Checks {
  readonly #connection: Connection;
  readonly #documents: TextDocuments<TextDocument>;
  readonly #library: OpenLibrary;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #checks = new Map<string, DraftCheck>();

  constructor(
    connection: Connection,
    documents: TextDocuments<TextDocument>,
    library: OpenLibrary,
  ) {
    this.#connection = connection;
    this.#documents = documents;
    this.#library = library;
  }

  /** Checks a document after a pause, and the open ones that use it. */
  changed({ uri }: Pick<TextDocument, 'uri'>): void {
    this.#schedule(uri);
    const file = pathOfUri(uri);
    if (file === undefined) return;
    for (const [other, check] of this.#checks)
      if (other !== uri && check.dependsOn(runbookName(file))) this.#schedule(other);
    const isLibraryFile = basename(dirname(file)) === 'lib';
    for (const { uri: other } of this.#documents.all())
      if (other !== uri && (isLibraryFile || casesOf(other) === file)) this.#schedule(other);
  }

  /** Checks every open document: other files are different. */
  allChanged(): void {
    this.#library.refresh();
    for (const { uri } of this.#documents.all()) this.#schedule(uri);
  }

  /** Forgets a document and its problems. */
  closed({ uri }: Pick<TextDocument, 'uri'>): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#checks.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
    this.allChanged();
  }

  #schedule(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.set(
      uri,
      setTimeout(() => void this.#check(uri), PAUSE_MS),
    );
  }

  async #check(uri: string): Promise<void> {
    const document = this.#documents.get(uri);
    if (document === undefined) return;
    const { version } = document;
    const found = await this.#problems(document).catch((error: unknown) => {
      this.#connection.console.error(`${uri}: ${String(error)}`);
      return [];
    });
    // A newer text has a check of its own.
    if (this.#documents.get(uri)?.version !== version) return;
    await this.#connection.sendDiagnostics({ uri, version, diagnostics: found.map(diagnosticOf) });
  }

  async #problems(document: TextDocument) {
    const { uri } = document;
    const text = document.getText();
    const file = pathOfUri(uri);
    const kind = documentKind(uri, text, file !== undefined && this.#library.isInFolder(file));
    const check = this.#checks.get(uri) ?? new DraftCheck(this.#library);
    this.#checks.set(uri, check);
    const own = { file: file === undefined ? uri : pathFromHere(file), text };
    const source = file === undefined ? own : this.#library.withLibraries(file, own);
    if (kind === 'library') return check.libraryFile(source);
    if (kind === 'runbook') return await check.runbook(source);
    if (kind === 'cases' && file !== undefined)
      return await check.cases(source, runbookBeside(file));
    return [];
  }
}

function casesOf(uri: string): string | undefined {
  const file = pathOfUri(uri);
  return file !== undefined && documentKind(uri, 'cases:', true) === 'cases'
    ? runbookBeside(file)
    : undefined;
}
