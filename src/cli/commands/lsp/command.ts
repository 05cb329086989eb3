import { type Connection, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver';
import { createConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CommandLine } from '../../command-spec.ts';
import type { lsp as spec } from '../../specs/runbooks.ts';
import { VERSION } from '../../version.ts';
import { answerRequests, CAPABILITIES } from './answers.ts';
import { Checks } from './checks.ts';
import { OpenLibrary, pathOfUri } from './open-library.ts';

/** `runbook lsp`: answers an editor on standard input and output, until it ends the session. */
export async function lsp({ options }: CommandLine<typeof spec>): Promise<number> {
  serve(createConnection(process.stdin, process.stdout), options.dir);
  // The connection ends the process: with 0 after a shutdown, with 1 if the editor is gone.
  return await new Promise(() => {});
}

/** Serves runbooks to an editor. Runbooks in `dirs` are found first. */
function serve(connection: Connection, dirs: readonly string[]): void {
  const documents = new TextDocuments(TextDocument);
  const library = new OpenLibrary(dirs, () => documents.all());
  const checks = new Checks(connection, documents, library);

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    enterFolder(workspaceFolders?.[0]?.uri ?? rootUri);
    return {
      serverInfo: { name: 'runbook', version: VERSION },
      capabilities: {
        textDocumentSync: {
          openClose: true,
          change: TextDocumentSyncKind.Incremental,
          save: true,
        },
        ...CAPABILITIES,
      },
    };
  });
  connection.onInitialized(() => void library.loadParser());

  documents.onDidChangeContent(({ document }) => checks.changed(document));
  documents.onDidSave(() => checks.allChanged());
  documents.onDidClose(({ document }) => checks.closed(document));
  connection.onDidChangeWatchedFiles(() => checks.allChanged());

  connection.onCodeAction(async ({ textDocument, context }) => [
    ...(await checks.fixes(textDocument.uri, context.diagnostics)),
  ]);
  answerRequests(connection, documents, library);
  documents.listen(connection);
  connection.listen();
}

/** Runbooks and config files are searched in the folder that the editor has open. */
function enterFolder(uri: string | null): void {
  const folder = uri === null ? undefined : pathOfUri(uri);
  if (folder === undefined) return;
  try {
    process.chdir(folder);
  } catch {
    // A folder that is not there holds no runbook.
  }
}
