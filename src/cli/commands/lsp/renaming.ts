import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Document, readDraft } from '#lsp/document.ts';
import { renameInCases } from '#lsp/names/cases.ts';
import type { Found } from '#lsp/names/name-at.ts';
import { type Edit, renameStep } from '#lsp/names/rename.ts';
import { definitionOf, usesOf } from '#lsp/names/uses.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { rangeOf } from './as-protocol.ts';
import { type OpenLibrary, pathOfUri } from './open-library.ts';

/** Returns the step that is named at an offset, and the place of its name there. */
export function stepToRename(
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
export function renamedEverywhere(
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
