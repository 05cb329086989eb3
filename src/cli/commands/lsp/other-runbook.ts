import { pathToFileURL } from 'node:url';
import type { Location } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readDraft } from '#lsp/document.ts';
import type { Found } from '#lsp/names/name-at.ts';
import { definitionOf } from '#lsp/names/uses.ts';
import { rangeOf } from './as-protocol.ts';
import type { OpenLibrary } from './open-library.ts';

/** Returns the place of another runbook, or of one of its inputs. */
export function inOtherRunbook(
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
