import { basename, dirname } from 'node:path';
import type { CodeAction, Connection, Diagnostic, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { LocatedDiagnostic } from '#report/diagnostics/located.ts';
import { type Fix, possibleFixes } from '#runbook/possible-fixes.ts';
import { runbookName } from '../../library/runbook-folders.ts';
import { pathFromHere } from '../../path-from-here.ts';
import { codeActionOf, diagnosticOf, problemOf } from './as-protocol.ts';
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
    const check = this.#checks.get(uri) ?? new DraftCheck(this.#library);
    this.#checks.set(uri, check);
    const found = await this.#problems(check, uri, document.getText()).catch((error: unknown) => {
      this.#connection.console.error(`${uri}: ${String(error)}`);
      return [];
    });
    // A newer text has a check of its own.
    if (this.#documents.get(uri)?.version !== version) return;
    await this.#connection.sendDiagnostics({ uri, version, diagnostics: found.map(diagnosticOf) });
  }

  /** Resolves with the fixes of problems of a document: with one of them, its text has a problem less. */
  async fixes(uri: string, asked: readonly Diagnostic[]): Promise<readonly CodeAction[]> {
    const document = this.#documents.get(uri);
    if (document === undefined) return [];
    const text = document.getText();
    const check = new DraftCheck(this.#library);
    const before = await this.#problems(check, uri, text);
    const found: CodeAction[] = [];
    for (const problem of asked) {
      const fixes = possibleFixes(problemOf(document, problem), text);
      for (const fix of fixes) {
        const after = await this.#problems(check, uri, applied(fix, text));
        if (!isBetter(before, after)) continue;
        found.push(codeActionOf(document, problem, fix));
        break;
      }
    }
    return found;
  }

  async #problems(check: DraftCheck, uri: string, text: string) {
    const file = pathOfUri(uri);
    const kind = documentKind(uri, text, file !== undefined && this.#library.isInFolder(file));
    const own = { file: file === undefined ? uri : pathFromHere(file), text };
    const source = file === undefined ? own : this.#library.withLibraries(file, own);
    if (kind === 'library') return check.libraryFile(source);
    if (kind === 'runbook') return await check.runbook(source);
    if (kind === 'cases' && file !== undefined)
      return await check.cases(source, runbookBeside(file));
    return [];
  }
}

function applied({ span, text }: Fix, whole: string): string {
  return whole.slice(0, span.start) + text + whole.slice(span.end);
}

/** A problem less, and no other error instead. */
function isBetter(
  before: readonly LocatedDiagnostic[],
  after: readonly LocatedDiagnostic[],
): boolean {
  const errors = (of: readonly LocatedDiagnostic[]) =>
    of.filter(({ severity }) => severity === 'error').length;
  return after.length < before.length && errors(after) <= errors(before);
}

function casesOf(uri: string): string | undefined {
  const file = pathOfUri(uri);
  return file !== undefined && documentKind(uri, 'cases:', true) === 'cases'
    ? runbookBeside(file)
    : undefined;
}
