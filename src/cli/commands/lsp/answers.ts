import {
  type Connection,
  type Location,
  type Position,
  ResponseError,
  type ServerCapabilities,
  type TextDocumentPositionParams,
  type TextDocuments,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { complete } from '#lsp/complete/complete.ts';
import { type Document, readDraft } from '#lsp/document.ts';
import { explain } from '#lsp/explain/hover.ts';
import { type Found, foundAt } from '#lsp/names/name-at.ts';
import { definitionOf, usesOf } from '#lsp/names/uses.ts';
import { type JsonSchema, runbookSchema, withoutReferences } from '#lsp/schema.ts';
import { outlineOf } from '#lsp/symbols.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { libraryJsonSchema } from '#runbook/schema/library.ts';
import { completionOf, rangeOf, symbolOf } from './as-protocol.ts';
import { type DocumentKind, documentKind } from './document-kind.ts';
import { fromLibraryFile, inLibraryFile } from './library-place.ts';
import { type OpenLibrary, pathOfUri } from './open-library.ts';
import { inOtherRunbook } from './other-runbook.ts';
import { renamedEverywhere, stepToRename } from './renaming.ts';

/** The requests that are answered. */
export const CAPABILITIES: ServerCapabilities = {
  completionProvider: { triggerCharacters: ['.', ' ', '"', "'", '[', '{'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentSymbolProvider: true,
  renameProvider: { prepareProvider: true },
};

/** An open runbook or test file, and an offset in it. */
type Asked = {
  readonly document: TextDocument;
  readonly draft: Document;
  readonly schema: JsonSchema;
  readonly isRunbook: boolean;
};

/** Answers requests about open documents. */
export function answerRequests(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  library: OpenLibrary,
): void {
  const asked = (uri: string): Asked | undefined => {
    const document = documents.get(uri);
    return document && askedAbout(document, library);
  };
  const found = ({ textDocument, position }: TextDocumentPositionParams) => {
    const about = asked(textDocument.uri);
    if (about?.isRunbook !== true) return { about, named: undefined };
    return { about, named: foundAt(about.draft, about.document.offsetAt(position)) };
  };

  connection.onCompletion(async ({ textDocument, position }) => {
    await library.loadParser();
    const about = asked(textDocument.uri);
    if (about === undefined) return [];
    const { document, draft, schema } = about;
    const offers = complete(draft.source, document.offsetAt(position), schema, library);
    return offers.map((one, index) => completionOf(document, one, index));
  });

  connection.onHover(async ({ textDocument, position }) => {
    await library.loadParser();
    const about = asked(textDocument.uri);
    if (about === undefined) return null;
    const { document, draft, schema } = about;
    const said = explain(draft, document.offsetAt(position), schema, library);
    if (said === undefined) return null;
    return {
      contents: { kind: 'markdown', value: said.markdown },
      range: rangeOf(document, said.span),
    };
  });

  connection.onDefinition((at) => {
    const { about, named } = found(at);
    return about === undefined || named === undefined ? null : definition(about, named, library);
  });

  connection.onReferences((at) => {
    const { about, named } = found(at);
    if (about === undefined || named?.kind !== 'named') return [];
    const { document, draft } = about;
    return usesOf(draft, named.named)
      .filter(({ form }) => at.context.includeDeclaration || form !== 'definition')
      .map(({ span }) => ({ uri: document.uri, range: rangeOf(document, span) }));
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const about = asked(textDocument.uri);
    if (about === undefined || !about.isRunbook) return [];
    return outlineOf(about.draft.root).map((one) => symbolOf(about.document, one));
  });

  connection.onPrepareRename((at) => {
    const { about, named } = found(at);
    const step = about && stepToRename(about.draft, named, offsetOf(about, at.position));
    if (about === undefined || step === undefined)
      return refused('only a step can be renamed here');
    return { range: rangeOf(about.document, step.span), placeholder: step.id };
  });

  connection.onRenameRequest((at) => {
    const { about, named } = found(at);
    const step = about && stepToRename(about.draft, named, offsetOf(about, at.position));
    if (about === undefined || step === undefined)
      return refused('only a step can be renamed here');
    const { document, draft } = about;
    const renamed = renamedEverywhere(document, draft, step.id, at.newName, library);
    return 'reason' in renamed ? refused(renamed.reason) : renamed;
  });
}

function askedAbout(document: TextDocument, library: OpenLibrary): Asked | undefined {
  const file = pathOfUri(document.uri);
  const text = document.getText();
  const kind = documentKind(document.uri, text, file !== undefined && library.isInFolder(file));
  if (kind === undefined) return undefined;
  const own = { file: file ?? document.uri, text };
  const draft = readDraft(file === undefined ? own : library.withLibraries(file, own));
  return { document, draft, schema: SCHEMAS[kind](), isRunbook: kind === 'runbook' };
}

let cases: JsonSchema | undefined;
let libraryFiles: JsonSchema | undefined;

const SCHEMAS: Readonly<Record<DocumentKind, () => JsonSchema>> = {
  runbook: runbookSchema,
  cases: () => {
    cases ??= withoutReferences(casesJsonSchema());
    return cases;
  },
  library: () => {
    libraryFiles ??= withoutReferences(libraryJsonSchema());
    return libraryFiles;
  },
};

function offsetOf({ document }: Asked, position: Position): number {
  return document.offsetAt(position);
}

function definition(
  { document, draft }: Asked,
  found: Found,
  library: OpenLibrary,
): Location | null {
  if (found.kind === 'runbook') return inOtherRunbook(found, library);
  if (found.kind === 'definition') return inLibraryFile(draft, found);
  const span = found.kind === 'named' ? definitionOf(draft.root, found.named) : undefined;
  if (span !== undefined) return { uri: document.uri, range: rangeOf(document, span) };
  return found.kind === 'named' ? fromLibraryFile(draft, found.named) : null;
}

/** The code of a request that is valid and fails nevertheless. */
const REQUEST_FAILED = -32803;

function refused(reason: string): ResponseError {
  return new ResponseError(REQUEST_FAILED, reason);
}
