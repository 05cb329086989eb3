import { pathToFileURL } from 'node:url';
import type { Location } from 'vscode-languageserver';
import { type Document, definedFor } from '#lsp/document.ts';
import type { Found } from '#lsp/names/name-at.ts';
import { definitionOf, type Named } from '#lsp/names/uses.ts';
import { libraryPath, partAt, positionAt, type Span } from '#runbook/yaml/source.ts';

/** Returns the place of a library file, or of what one defines. */
export function inLibraryFile(
  draft: Document,
  { of, name }: Extract<Found, { readonly kind: 'definition' }>,
): Location | null {
  if (of === 'file') return locationOf(libraryPath(draft.source.file, name), 0, 0);
  const defined = definedFor(draft);
  const found = (of === 'fragment' ? defined?.fragments : defined?.templates)?.get(name);
  return found === undefined ? null : placeIn(draft, found.span);
}

/** Returns the place of a step that comes from a template. */
export function fromLibraryFile(draft: Document, named: Named): Location | null {
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
