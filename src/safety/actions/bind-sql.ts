import type { Scope } from '#runbook/expression/cel.ts';
import {
  isInput,
  missing,
  type Placeholder,
  type Rendered,
  renderTemplate,
  type Template,
  textOf,
} from '#runbook/expression/template.ts';
import { columnsBefore, stablePart } from '#runbook/model/row-columns.ts';
import type { Json, Row, Value } from '#runbook/model/value.ts';
import { offsetInFile } from '#runbook/yaml/source.ts';

/**
 * Maps offsets of a rendered action to the runbook file: from `at` on, the text comes from `source`
 * on, or all of it from that one offset if it is not `exact` (a bound value).
 */
export type OriginMap = readonly {
  readonly at: number;
  readonly source: number;
  readonly exact: boolean;
}[];

/** A statement and its bound values. */
export type BoundSql = {
  readonly text: string;
  readonly values: readonly Json[];
  readonly origin: OriginMap;
};

/**
 * Renders a statement. Each placeholder becomes bound parameters, never text: a list becomes
 * `$1, $2, …`; a list of rows becomes `($1, $2), ($3, $4), …` with the columns before `IN (`, e.g.
 * `(pid, backend_start) IN (${{ preview.rows }})`, or all columns otherwise. Returns a reason if a
 * placeholder cannot be bound.
 */
export function bindSql(template: Template, scope: Scope): Rendered<BoundSql> {
  const values: Json[] = [];
  const next = (value: Json): string => {
    values.push(value);
    return `$${values.length}`;
  };
  const placed: PlacedText[] = [];
  const rendered = renderTemplate(template, scope, (value, placeholder, at) => {
    // A NULL in a row is data; a null input was not given.
    if (value === null && isInput(placeholder.expression)) return missing(placeholder);
    const before = template.text.slice(0, placeholder.at);
    const bound = bindValue(value, columnsBefore(before), next);
    if (bound.ok) placed.push({ placeholder, at, end: at + bound.value.length });
    return bound;
  });
  if (!rendered.ok) return rendered;
  const origin = originOf(template, placed);
  return { ok: true, value: { text: rendered.value, values, origin } };
}

/** Returns whether a statement is sent once for each row of a preview: it binds `preview.each`. */
export function isForEach({ placeholders }: Template): boolean {
  return placeholders.some(({ expression }) =>
    expression.names.some(({ path: [root, field] }) => root === 'preview' && field === 'each'),
  );
}

/**
 * Renders a statement that is sent once for each row of a preview, with the values of all rows, as
 * many for each, and the rows without their volatile columns.
 */
export function bindForEach(
  template: Template,
  scope: Scope,
  volatile: readonly string[],
): Rendered<BoundSql & { readonly rows: readonly Row[] }> {
  const preview = scope.preview as { readonly rows: readonly Row[] } | undefined;
  const rows = preview?.rows ?? [];
  const values: Json[] = [];
  let first: BoundSql | undefined;
  for (const each of rows) {
    const bound = bindSql(template, { ...scope, preview: { ...preview, each } });
    if (!bound.ok) return bound;
    first ??= bound.value;
    if (bound.value.text !== first.text)
      return { ok: false, reason: 'the statement is not the same for each row' };
    values.push(...bound.value.values);
  }
  if (first === undefined) return { ok: false, reason: 'the preview has no rows' };
  return {
    ok: true,
    value: { ...first, values, rows: rows.map((row) => stablePart(row, volatile)) },
  };
}

/** Returns the offset in the runbook file for an offset of a rendered text. */
export function originAt(origin: OriginMap, offset: number): number | undefined {
  const piece = origin.findLast(({ at }) => at <= offset);
  return piece === undefined ? undefined : piece.source + (piece.exact ? offset - piece.at : 0);
}

function bindValue(
  value: Value,
  columns: readonly string[] | undefined,
  next: (value: Json) => string,
): Rendered<string> {
  if (!Array.isArray(value)) return { ok: true, value: bindOne(value, next) };
  if (value.length === 0) return { ok: false, reason: 'the list is empty' };
  const bound: string[] = [];
  for (const item of value) {
    const one = bindItem(item, columns, next);
    if (!one.ok) return one;
    bound.push(one.value);
  }
  return { ok: true, value: bound.join(', ') };
}

function bindItem(
  item: Value,
  columns: readonly string[] | undefined,
  next: (value: Json) => string,
): Rendered<string> {
  if (item === null || typeof item !== 'object') return { ok: true, value: bindOne(item, next) };
  const cells = Array.isArray(item) ? item : cellsOf(item as { [column: string]: Value }, columns);
  if (cells === undefined)
    return { ok: false, reason: `a row has no column ${columns?.join(' or ')}` };
  const bound = cells.map((cell) => bindOne(cell, next));
  return { ok: true, value: `(${bound.join(', ')})` };
}

function cellsOf(
  row: { readonly [column: string]: Value },
  columns: readonly string[] | undefined,
): readonly Value[] | undefined {
  if (columns === undefined) return Object.values(row);
  const cells = columns.flatMap((column) =>
    Object.hasOwn(row, column) ? [row[column] ?? null] : [],
  );
  return cells.length === columns.length ? cells : undefined;
}

function bindOne(value: Value, next: (value: Json) => string): string {
  if (typeof value === 'bigint') return next(String(value));
  return next(value !== null && typeof value === 'object' ? textOf(value) : value);
}

/** A placeholder, with the span of its parameters in the rendered text. */
type PlacedText = {
  readonly placeholder: Placeholder;
  readonly at: number;
  readonly end: number;
};

function originOf(template: Template, placed: readonly PlacedText[]): OriginMap {
  const pieces: { at: number; source: number; exact: boolean }[] = [];
  let rendered = 0;
  let written = 0;
  for (const { placeholder, at, end } of placed) {
    pushLines(pieces, template, written, placeholder.at, rendered);
    pieces.push({ at, source: offsetInFile(template, placeholder.at), exact: false });
    rendered = end;
    written = placeholder.at + placeholder.length;
  }
  pushLines(pieces, template, written, template.text.length, rendered);
  return pieces;
}

/** Adds a piece per line, since block scalars drop the indentation of every line. */
function pushLines(
  pieces: { at: number; source: number; exact: boolean }[],
  template: Template,
  from: number,
  to: number,
  rendered: number,
): void {
  for (let at = from; at < to; ) {
    pieces.push({ at: rendered + at - from, source: offsetInFile(template, at), exact: true });
    const lineEnd = template.text.indexOf('\n', at);
    at = lineEnd === -1 ? to : lineEnd + 1;
  }
}
