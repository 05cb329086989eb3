import { ownText, type Source } from '#runbook/yaml/source.ts';
import { type Cursor, cursorsAt, type ValuePlace } from '../cursor.ts';
import { type Document, definedFor, type Library, type Trees, wholeOf } from '../document.ts';
import { fragmentText } from '../explain/definitions.ts';
import { expressionAt } from '../expression-at.ts';
import type { JsonSchema } from '../schema.ts';
import { namesAt } from '../scope.ts';
import { completeCases } from './cases.ts';
import type { Completion } from './completion.ts';
import { completeExpression } from './expression.ts';
import { completeGiven } from './given.ts';
import { completeKeys } from './keys.ts';
import { completeValues } from './values.ts';

/** Returns what can be written at an offset of a runbook, or of another document with a schema. */
export function complete(
  source: Source,
  offset: number,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  return cursorsAt(ownText(source), offset).flatMap((cursor) => {
    const { place, root } = cursor;
    const document = { source, root, whole: wholeOf(source, root) };
    if (/\.test\.ya?ml$/.test(source.file)) return inCases(cursor, document, schema, library);
    return place.kind === 'key'
      ? [...completeKeys(cursor, place, schema), ...completeGiven(cursor, place, document, library)]
      : atValue(cursor, place, { document, offset }, schema, library);
  });
}

function inCases(
  cursor: Cursor,
  document: Document & Trees,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const { place } = cursor;
  const named = completeCases(cursor, place, document.source.file, library);
  if (place.kind === 'key') return [...named, ...completeKeys(cursor, place, schema)];
  return [...named, ...completeValues(cursor, place, document, schema, library)];
}

function atValue(
  cursor: Cursor,
  place: ValuePlace,
  { document, offset }: { readonly document: Document & Trees; readonly offset: number },
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const insertion = completeInsertion(place, offset, document);
  if (insertion !== undefined) return insertion;
  const expression = expressionAt(place);
  if (expression === undefined) return completeValues(cursor, place, document, schema, library);
  const names = namesAt(document, place.path, expression.text, library);
  const quote = opensWithDouble(document.source.text, place) ? "'" : '"';
  return completeExpression({ ...expression, offset, quote }, names);
}

/** Inside a value in double quotes, another double quote would end it. */
function opensWithDouble(text: string, { scalar }: ValuePlace): boolean {
  return text[scalar.span.start] === '"';
}

/** Returns the fragments that `@{` at the end of a text can insert; undefined if nothing is open there. */
function completeInsertion(
  { before, path }: ValuePlace,
  offset: number,
  document: Document,
): readonly Completion[] | undefined {
  const open = /@\{\s*([a-z][a-z0-9_-]*)?$/.exec(before);
  if (open === null) return undefined;
  const defined = definedFor(document);
  const span = { start: offset - (open[1]?.length ?? 0), end: offset };
  const [part, name = ''] = path;
  const own = part === 'templates' ? defined?.templates : defined?.fragments;
  const parameters = own?.get(String(name))?.parameters ?? [];
  return [
    ...parameters.map(
      ({ name, type }): Completion => ({
        ...{ label: name, kind: 'input', detail: type, insert: name, span, rank: 0 },
      }),
    ),
    ...[...(defined?.fragments.values() ?? [])].map(
      (fragment): Completion => ({
        label: fragment.name,
        kind: 'value',
        detail: 'fragment',
        documentation: fragmentText(fragment),
        insert: fragment.name,
        span,
      }),
    ),
  ];
}
