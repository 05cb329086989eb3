import type { LocatedNode } from '#runbook/yaml/located.ts';
import { type Cursor, cursorsAt, type KeyPlace, type ValuePlace } from '../cursor.ts';
import { type Library, readDraft } from '../document.ts';
import { expressionAt } from '../expression-at.ts';
import { pathInStep, stepAround, textAt } from '../outline.ts';
import type { JsonSchema } from '../schema.ts';
import { inputsOf, namesAt } from '../scope.ts';
import type { Completion } from './completion.ts';
import { completeExpression } from './expression.ts';
import { completeKeys } from './keys.ts';
import { completeValues } from './values.ts';

/** Returns what can be written at an offset of a runbook, or of another document with a schema. */
export function complete(
  text: string,
  offset: number,
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  return cursorsAt(text, offset).flatMap((cursor) => {
    const { place } = cursor;
    return place.kind === 'key'
      ? [...completeKeys(cursor, place, schema), ...givenInputs(cursor, place, library)]
      : atValue(cursor, place, { text, offset }, schema, library);
  });
}

function atValue(
  cursor: Cursor,
  place: ValuePlace,
  { text, offset }: { readonly text: string; readonly offset: number },
  schema: JsonSchema,
  library: Library,
): readonly Completion[] {
  const expression = expressionAt(place);
  if (expression === undefined) return completeValues(cursor, place, schema, library);
  const names = namesAt(cursor.root, place.path, library);
  const quote = opensWithDouble(text, place) ? "'" : '"';
  return completeExpression({ ...expression, offset, quote }, names);
}

/** Inside a value in double quotes, another double quote would end it. */
function opensWithDouble(text: string, { scalar }: ValuePlace): boolean {
  return text[scalar.span.start] === '"';
}

/** The keys under `with:` are the inputs of the runbook that the step runs. */
function givenInputs(
  { root, word, hasColon }: Cursor,
  { path, mapping }: KeyPlace,
  library: Library,
): readonly Completion[] {
  const [part, ...more] = pathInStep(path);
  const name = part === 'with' && more.length === 0 ? runbookOf(root, path) : undefined;
  const source = name === undefined ? undefined : library.source(name);
  if (source === undefined) return [];
  return inputsOf(readDraft(source).root)
    .filter(({ name: input }) => !mapping.entries.has(input))
    .map(
      (input): Completion => ({
        label: input.name,
        kind: 'input',
        detail: input.type,
        ...(input.description && { documentation: input.description }),
        insert: hasColon ? input.name : `${input.name}: `,
        span: word,
        rank: input.required ? 0 : 1,
      }),
    );
}

function runbookOf(root: LocatedNode, path: KeyPlace['path']): string | undefined {
  return textAt(stepAround(root, path), ['runbook']);
}
