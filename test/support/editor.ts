import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CompletionRequest,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type Position,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { CACHES, LAUNCHER, requireBuild } from './built-command.ts';

requireBuild();

type Published = {
  readonly version: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
};

/** An editor that talks to `runbook lsp` over its standard input and output. */
export class Editor {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly #folder: string;
  readonly #texts = new Map<string, { version: number; text: string }>();
  readonly #published = new Map<string, Published>();
  readonly #listeners = new Set<() => void>();

  private constructor(folder: string, args: readonly string[]) {
    this.#folder = folder;
    this.process = spawn(process.execPath, [LAUNCHER, 'lsp', ...args], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, ...CACHES, HOME: folder, RUNBOOK_STATE: `${folder}/state` },
    });
    this.exited = once(this.process, 'exit').then(([code]) => code as number | null);
    const { stdin, stdout } = this.process;
    if (stdin === null || stdout === null) throw new Error('the server has no pipes');
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification(PublishDiagnosticsNotification.type, (found) => {
      const { uri, version, diagnostics } = found;
      this.#published.set(uri, { version, diagnostics });
      for (const tell of this.#listeners) tell();
    });
    this.connection.listen();
  }

  /** Starts a server for a folder. */
  static async start(folder: string, args: readonly string[] = ['--stdio']): Promise<Editor> {
    const editor = new Editor(folder, args);
    await editor.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: {},
    });
    await editor.connection.sendNotification(InitializedNotification.type, {});
    return editor;
  }

  uri(file: string): string {
    return pathToFileURL(join(this.#folder, file)).href;
  }

  /** Opens a file with a text, or replaces the text of an open one. */
  async write(file: string, text: string): Promise<void> {
    const uri = this.uri(file);
    const open = this.#texts.get(uri);
    const version = (open?.version ?? 0) + 1;
    this.#texts.set(uri, { version, text });
    if (open === undefined)
      await this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
        textDocument: { uri, languageId: 'yaml', version, text },
      });
    else
      await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
  }

  async save(file: string): Promise<void> {
    const textDocument = { uri: this.uri(file) };
    await this.connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument });
  }

  async close(file: string): Promise<void> {
    const textDocument = { uri: this.uri(file) };
    await this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument });
  }

  /** Resolves with the problems of the last text written to a file, or with those that fulfil `isMeant`. */
  async problems(
    file: string,
    isMeant: (diagnostics: readonly Diagnostic[]) => boolean = () => true,
  ): Promise<readonly Diagnostic[]> {
    const uri = this.uri(file);
    for (;;) {
      const published = this.#published.get(uri);
      const isLast = published?.version === this.#texts.get(uri)?.version;
      if (published !== undefined && isLast && isMeant(published.diagnostics))
        return published.diagnostics;
      await new Promise<void>((done) => {
        const tell = () => {
          this.#listeners.delete(tell);
          done();
        };
        this.#listeners.add(tell);
      });
    }
  }

  /** Writes a text with `‸` at the cursor, and resolves with the labels offered there, in order. */
  async offers(file: string, marked: string): Promise<readonly string[]> {
    return (await this.items(file, marked)).map(({ label }) => label);
  }

  /** Writes a text with `‸` at the cursor, and resolves with the completions offered there. */
  async items(file: string, marked: string) {
    const position = await this.place(file, marked);
    const found = await this.connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri: this.uri(file) },
      position,
    });
    const items = Array.isArray(found) ? found : (found?.items ?? []);
    return items.toSorted((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1));
  }

  /** Asks about a place in an open file: the position of `‸` in a text, or one that is given. */
  at(file: string, position: Position) {
    return { textDocument: { uri: this.uri(file) }, position };
  }

  /** Writes a text without the `‸` in it, and returns where that was. */
  async place(file: string, marked: string): Promise<Position> {
    const before = marked.slice(0, marked.indexOf('‸'));
    await this.write(file, marked.replace('‸', ''));
    const lines = before.split('\n');
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  }

  /** Ends the session after a test. A server that does not end by itself is killed: it would keep the tests from ending. */
  async leave(): Promise<void> {
    const late = setTimeout(() => this.process.kill('SIGKILL'), 60_000);
    await Promise.race([this.quit(), this.exited]);
    await this.exited;
    clearTimeout(late);
  }

  /** Ends the session; resolves with the exit code. */
  async quit(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    return await this.exited;
  }
}
