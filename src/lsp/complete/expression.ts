import type { Fields, ValueType } from '#runbook/model/value-type.ts';
import type { Span } from '#runbook/yaml/source.ts';
import type { ExpressionAt } from '../expression-at.ts';
import { type ExpressionFunction, FUNCTIONS } from '../functions.ts';
import { typeText } from '../type-text.ts';
import type { Completion } from './completion.ts';
import { openText, typeOfLast, valuesFor, withMacros } from './receiver.ts';

/** An expression with the place of its cursor in the source. */
type Place = ExpressionAt & {
  readonly offset: number;
  /** The sign that can quote a text here: the other one may quote the whole value. */
  readonly quote: '"' | "'";
};

/** Returns what can follow in an expression: names, fields, functions, or the values of a comparison. */
export function completeExpression(place: Place, names: Fields): readonly Completion[] {
  const before = place.text.slice(0, place.at);
  const scope = withMacros(before, names);
  const open = openText(before);
  if (open !== undefined) return insideText(before, open, place, scope);
  const word = /\w*$/.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - word.length);
  const span = { start: place.offset - word.length, end: place.offset + tailOf(place) };
  if (lead.endsWith('.')) return members(lead.slice(0, -1), span, place, scope);
  return [...compared(lead, span, place, scope), ...roots(span, scope)];
}

function tailOf({ text, at }: ExpressionAt): number {
  return /^\w*/.exec(text.slice(at))?.[0].length ?? 0;
}

function roots(span: Span, scope: Fields): readonly Completion[] {
  const names = Object.entries(scope).map(([name, type]) => fieldItem(name, type, span));
  const functions = FUNCTIONS.filter(({ of }) => of === undefined);
  return [...names, ...functions.map((one) => functionItem(one, span))];
}

function members(
  receiver: string,
  span: Span,
  { quote }: Place,
  scope: Fields,
): readonly Completion[] {
  const type = typeOfLast(receiver, scope);
  const fields = type.kind === 'mapping' ? Object.entries(type.fields) : [];
  const methods = FUNCTIONS.filter(({ of }) => of?.includes(type.kind));
  return [
    ...fields.map(([name, of]) =>
      /^[A-Za-z_]\w*$/.test(name) ? fieldItem(name, of, span) : indexItem(name, of, span, quote),
    ),
    ...(fields.length > 0 ? [] : methods.map((one) => functionItem(one, span))),
  ];
}

/** A name with a hyphen is not a field of CEL: the dot before it becomes an index. */
function indexItem(name: string, type: ValueType, span: Span, quote: string): Completion {
  return {
    ...fieldItem(name, type, { start: span.start - 1, end: span.end }),
    insert: `[${quote}${name}${quote}]`,
    filter: `.${name}`,
  };
}

function fieldItem(name: string, type: ValueType, span: Span): Completion {
  return { label: name, kind: 'field', detail: typeText(type), insert: name, span, rank: 0 };
}

function functionItem({ name, signature, meaning }: ExpressionFunction, span: Span): Completion {
  const insert = signature.endsWith(`${name}()`) || /\(\):/.test(signature) ? `${name}()` : name;
  return { label: name, kind: 'function', detail: signature, documentation: meaning, insert, span };
}

/** The texts that the left side of a comparison can be equal to. */
function compared(
  lead: string,
  span: Span,
  { quote }: Place,
  scope: Fields,
): readonly Completion[] {
  return valuesFor(lead, scope).map((value) => {
    const insert = `${quote}${value}${quote}`;
    return { label: insert, kind: 'value', insert, span, filter: value, rank: -1 };
  });
}

function insideText(
  before: string,
  open: number,
  { offset }: Place,
  scope: Fields,
): readonly Completion[] {
  const lead = before.slice(0, open);
  const span = { start: offset - (before.length - open - 1), end: offset };
  const type = lead.endsWith('[') ? typeOfLast(lead.slice(0, -1), scope) : undefined;
  const values =
    type === undefined
      ? valuesFor(lead, scope)
      : type.kind === 'mapping'
        ? Object.keys(type.fields)
        : [];
  return values.map((value) => ({ label: value, kind: 'value', insert: value, span }));
}
