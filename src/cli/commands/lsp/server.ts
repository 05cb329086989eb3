import { type Connection, TextDocumentSyncKind, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { complete } from '#lsp/complete/complete.ts';
import { type JsonSchema, runbookSchema } from '#lsp/schema.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { libraryJsonSchema } from '#runbook/schema/library.ts';
import { VERSION } from '../../version.ts';
import { completionOf } from './as-protocol.ts';
import { Checks } from './checks.ts';
import { documentKind } from './document-kind.ts';
import { OpenLibrary, pathOfUri } from './open-library.ts';

/** Serves runbooks to an editor. Runbooks in `dirs` are found first. */
export function serve(connection: Connection, dirs: readonly string[]): void {
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
        completionProvider: { triggerCharacters: ['.', ' ', '"', "'", '[', '{'] },
      },
    };
  });
  connection.onInitialized(() => void library.loadParser());

  documents.onDidChangeContent(({ document }) => checks.changed(document));
  documents.onDidSave(() => checks.allChanged());
  documents.onDidClose(({ document }) => checks.closed(document));
  connection.onDidChangeWatchedFiles(() => checks.allChanged());

  connection.onCompletion(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    const schema = document && schemaOf(document, library);
    if (document === undefined || schema === undefined) return [];
    const found = complete(document.getText(), document.offsetAt(position), schema, library);
    return found.map((one, index) => completionOf(document, one, index));
  });

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

function schemaOf(document: TextDocument, library: OpenLibrary): JsonSchema | undefined {
  const file = pathOfUri(document.uri);
  const isInFolder = file !== undefined && library.isInFolder(file);
  const kind = documentKind(document.uri, document.getText(), isInFolder);
  if (kind === 'library') return libraryJsonSchema() as JsonSchema;
  if (kind === 'cases') return casesJsonSchema() as JsonSchema;
  return kind === undefined ? undefined : runbookSchema();
}
