import type { ValuePlace } from '../cursor.ts';
import { type Document, definedFor } from '../document.ts';
import { fragmentText } from '../explain/definitions.ts';
import type { Completion } from './completion.ts';

/** Returns the fragments that `@{` at the end of a text can insert; undefined if nothing is open there. */
export function completeInsertion(
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
