import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import {
  type Connection,
  type Location,
  type Position,
  ResponseError,
  type ServerCapabilities,
  type TextDocumentPositionParams,
  type TextDocuments,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { complete } from '#lsp/complete/complete.ts';
import { type Document, definedFor, readDraft } from '#lsp/document.ts';
import { effectText } from '#lsp/explain/effect.ts';
import { explain } from '#lsp/explain/hover.ts';
import { renameInCases } from '#lsp/names/cases.ts';
import { type Found, foundAt } from '#lsp/names/name-at.ts';
import { type Edit, renameStep } from '#lsp/names/rename.ts';
import { definitionOf, type Named, usesOf } from '#lsp/names/uses.ts';
import { type JsonSchema, runbookSchema, withoutReferences } from '#lsp/schema.ts';
import { outlineOf } from '#lsp/symbols.ts';
import { casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { isActionKind } from '#runbook/kinds/action-kinds.ts';
import { libraryJsonSchema } from '#runbook/schema/library.ts';
import { libraryPath, partAt, positionAt, type Span } from '#runbook/yaml/source.ts';
import { completionOf, rangeOf, symbolOf } from './as-protocol.ts';
import { type DocumentKind, documentKind } from './document-kind.ts';
import { DraftCheck } from './draft-check.ts';
import { type OpenLibrary, pathOfUri } from './open-library.ts';

/** The requests that are answered. */
export const CAPABILITIES: ServerCapabilities = {
  completionProvider: { triggerCharacters: ['.', ' ', '"', "'", '[', '{'] },
  codeActionProvider: { codeActionKinds: ['quickfix'] },
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
    const effect = await effectOf(about, document.offsetAt(position), library);
    return {
      contents: { kind: 'markdown', value: [said.markdown, ...effect].join('\n\n') },
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

/** Returns what a step can do, if the key of its action is asked about. */
async function effectOf(
  { draft, isRunbook }: Asked,
  offset: number,
  library: OpenLibrary,
): Promise<readonly string[]> {
  const found = foundAt(draft, offset);
  const isKind = found?.kind === 'key' && isActionKind(String(found.path.at(-1)));
  if (!isRunbook || !isKind) return [];
  const runbook = await new DraftCheck(library).read(draft.source);
  const text = runbook && effectText(runbook, offset);
  return text === undefined ? [] : [text];
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

/** Returns the place of another runbook, or of one of its inputs. */
function inOtherRunbook(
  { name, input }: Extract<Found, { readonly kind: 'runbook' }>,
  library: OpenLibrary,
): Location | null {
  const file = library.file(name);
  const source = library.source(name);
  if (file === undefined || source === undefined) return null;
  const uri = pathToFileURL(file).href;
  const named = input === undefined ? undefined : ({ kind: 'input', name: input } as const);
  const span = named && definitionOf(readDraft(source).root, named);
  const document = TextDocument.create(uri, 'yaml', 0, source.text);
  return { uri, range: rangeOf(document, span ?? { start: 0, end: 0 }) };
}

/** Returns the place of a library file, or of what one defines. */
function inLibraryFile(
  draft: Document,
  { of, name }: Extract<Found, { readonly kind: 'definition' }>,
): Location | null {
  if (of === 'file') return locationOf(libraryPath(draft.source.file, name), 0, 0);
  const defined = definedFor(draft);
  const found = (of === 'fragment' ? defined?.fragments : defined?.templates)?.get(name);
  return found === undefined ? null : placeIn(draft, found.span);
}

/** Returns the place of a step that comes from a template. */
function fromLibraryFile(draft: Document, named: Named): Location | null {
  const span = definitionOf(draft.whole, named);
  return span === undefined ? null : placeIn(draft, span);
}

function placeIn({ source }: Document, { start }: Span): Location {
  const { name } = partAt(source, start);
  const { line, column } = positionAt(source, start);
  const file = name === undefined ? source.file : libraryPath(source.file, name);
  return locationOf(file, line - 1, column - 1);
}

function locationOf(file: string, line: number, character: number): Location {
  const place = { line, character };
  return { uri: pathToFileURL(file).href, range: { start: place, end: place } };
}

/** Returns the step that is named at an offset, and the place of its name there. */
function stepToRename(
  draft: Document,
  found: Found | undefined,
  offset: number,
): { readonly id: string; readonly span: Span } | undefined {
  if (found?.kind !== 'named' || found.named.kind !== 'step') return undefined;
  const { named } = found;
  if (definitionOf(draft.root, named) === undefined) return undefined;
  const use = usesOf(draft, named).find(({ span }) => span.start <= offset && offset <= span.end);
  return use && { id: named.name, span: use.span };
}

/** Returns the edits that rename a step in its runbook and in the test file beside it. */
function renamedEverywhere(
  document: TextDocument,
  draft: Document,
  id: string,
  to: string,
  library: OpenLibrary,
): WorkspaceEdit | { readonly reason: string } {
  const renamed = renameStep(draft, id, to);
  if (!renamed.ok) return renamed;
  const changes = { [document.uri]: renamed.edits.map((edit) => textEdit(document, edit)) };
  const cases = casesBeside(document.uri);
  if (cases === undefined) return { changes };
  const source = library.read(cases);
  const uri = pathToFileURL(cases).href;
  const beside = TextDocument.create(uri, 'yaml', 0, source.text);
  const edits = renameInCases(readDraft(source), id, to);
  if (edits.length > 0) changes[uri] = edits.map((edit) => textEdit(beside, edit));
  return { changes };
}

function textEdit(document: TextDocument, { span, text }: Edit) {
  return { range: rangeOf(document, span), newText: text };
}

function casesBeside(uri: string): string | undefined {
  const base = pathOfUri(uri)?.replace(/\.ya?ml$/, '');
  return [`${base}.test.yaml`, `${base}.test.yml`].find((file) => existsSync(file));
}
