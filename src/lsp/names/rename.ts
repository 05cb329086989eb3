import { readYaml } from '#runbook/yaml/located.ts';
import { libraryFile, ownText, partsOf, type Source, type Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { Path } from '../cursor.ts';
import type { Document } from '../document.ts';
import { stepsOf } from '../outline.ts';
import { scalarsIn } from './expressions.ts';
import { type Use, usesOf } from './uses.ts';

/** A change of a text. */
export type Edit = { readonly span: Span; readonly text: string };

/** The edits that rename a step, or why it cannot be renamed. */
export type Renaming =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly reason: string };

const NAME = /^[a-z][a-z0-9_-]*$/;
const RESERVED = /^(finished|aborted|prerequisite-\d+)$/;

/** Returns the edits of a runbook that give a step another ID everywhere. */
export function renameStep(document: Document, id: string, to: string): Renaming {
  const refused = (reason: string): Renaming => ({ ok: false, reason });
  const ids = stepsOf(document.root).map((step) => step.id);
  if (!ids.includes(id)) return refused(`there is no step "${id}": ${didYouMean(id, ids) ?? ''}`);
  if (!NAME.test(to)) return refused(`"${to}" is not a name: lower-case letters, digits, _ and -`);
  if (RESERVED.test(to)) return refused(`"${to}" is reserved`);
  if (to !== id && ids.includes(to)) return refused(`there is a step "${to}" already`);
  const own = { file: '', text: ownText(document.source) };
  if (readYaml(own).node === undefined)
    return refused('the text is not YAML: correct it first, so that no place is missed');
  const file = libraryFileThatNames(id, document.source);
  if (file !== undefined) return refused(`${file} names the step, and other runbooks may use it`);
  const uses = usesOf(document, { kind: 'step', name: id });
  return { ok: true, edits: uses.map((use) => editFor(use, to, document.source.text)) };
}

/** Returns the library file of a runbook whose templates or fragments name a step. */
function libraryFileThatNames(id: string, source: Source): string | undefined {
  const name = new RegExp(`\\bsteps\\s*(?:\\.\\s*|\\[\\s*["'])${id}(?![\\w-])`);
  const part = partsOf(source).find((one) => {
    const node = one.name === undefined ? undefined : readYaml(source, one).node;
    const scalars = node === undefined ? [] : scalarsIn(node);
    return scalars.some(
      ({ path, scalar: { text } }) => (text === id && isLead(path)) || name.test(text),
    );
  });
  return part?.name === undefined ? undefined : libraryFile(part.name);
}

function isLead(path: Path): boolean {
  return path.at(-1) === 'goto' || path.at(-1) === 'next' || path.at(-2) === 'choices';
}

/** A name with a hyphen is not a field of CEL, so `.name` becomes an index. */
function editFor({ span, form, quote }: Use, to: string, source: string): Edit {
  if (form !== 'field' || !to.includes('-')) return { span, text: to };
  const dot = source.lastIndexOf('.', span.start);
  const sign = quote === '"' ? "'" : '"';
  return { span: { start: dot, end: span.end }, text: `[${sign}${to}${sign}]` };
}
