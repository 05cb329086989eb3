import type { Json, Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { cellText } from '../wording/table-layout.ts';
import { type Moment, type Part, type Said, saidOf } from './say.ts';

/** A part of a record of a run; the renderers decide how it looks. A text is a paragraph. */
export type Block = string | Said | Element;

/** A part of a record that is not a paragraph. */
export type Element =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4; readonly said: Said }
  | { readonly kind: 'quote'; readonly said: Said }
  | List
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | Table
  | { readonly kind: 'fold'; readonly title: string; readonly blocks: readonly Block[] };

/** A list. */
export type List = { readonly kind: 'list'; readonly items: readonly Item[] };

/** An item of a list. */
export type Item = {
  readonly said: Said;
  /** When it happened, in a list of events. */
  readonly at?: Moment;
  /** The items under it. */
  readonly below?: readonly Said[];
  /** True for a point to tick off. */
  readonly isPoint?: true;
};

/** A table; cells that are strings are recorded values. */
export type Table = {
  readonly kind: 'table';
  readonly columns: readonly string[];
  /** The columns that hold numbers. */
  readonly numbers: readonly string[];
  readonly rows: readonly (readonly (string | Said)[])[];
};

/** Returns whether a block is a paragraph. */
export function isParagraph(block: Block): block is string | Said {
  return typeof block === 'string' || !('kind' in block);
}

/** Returns whether a block is an element of a kind. */
export function isElement<K extends Element['kind']>(
  block: Block | undefined,
  kind: K,
): block is Extract<Element, { readonly kind: K }> {
  return block !== undefined && !isParagraph(block) && block.kind === kind;
}

/** Returns a heading. */
export function heading(level: 1 | 2 | 3 | 4, part: Part): Block {
  return { kind: 'heading', level, said: saidOf(part) };
}

/** Returns a list. */
export function list(items: readonly (Part | Item)[]): Block {
  return {
    kind: 'list',
    items: items.map((item) =>
      typeof item === 'object' && 'said' in item && !('kind' in item)
        ? item
        : { said: saidOf(item) },
    ),
  };
}

/** Returns points to tick off. */
export function checklist(points: readonly Part[]): Block {
  return { kind: 'list', items: points.map((point) => ({ said: saidOf(point), isPoint: true })) };
}

/** Returns blocks that are hidden until they are asked for. */
export function fold(title: string, blocks: readonly Block[]): Block {
  return { kind: 'fold', title, blocks };
}

/** Returns a table of texts. */
export function table(columns: readonly string[], rows: readonly (readonly Part[])[]): Table {
  return { kind: 'table', columns, numbers: [], rows: rows.map((cells) => cells.map(saidOf)) };
}

/** The number of rows above which a table is folded. */
const OPEN_ROWS = 12;
/** The number of rows shown; the rest are only counted, and are in the journal. */
const SHOWN_ROWS = 200;
const CELL_LENGTH = 300;

/** Returns recorded rows as a table, if there are any; long ones folded, very long ones truncated. */
export function rowsBlocks(columns: readonly string[], rows: readonly Row[]): readonly Block[] {
  if (columns.length === 0 || rows.length === 0) return [];
  const more = rows.length - SHOWN_ROWS;
  const shown: readonly Block[] = [
    {
      kind: 'table',
      columns,
      numbers: columns.filter((column) => isNumeric(column, rows)),
      rows: rows.slice(0, SHOWN_ROWS).map((row) => columns.map((name) => shortCell(row[name]))),
    },
    ...(more > 0 ? [`and ${counted(more, 'more row')} in the journal`] : []),
  ];
  return rows.length > OPEN_ROWS ? [fold(counted(rows.length, 'row'), shown)] : shown;
}

function shortCell(value: Json | undefined): string {
  const shown = cellText(value);
  return shown.length > CELL_LENGTH ? `${shown.slice(0, CELL_LENGTH)}…` : shown;
}

function isNumeric(column: string, rows: readonly Row[]): boolean {
  const values = rows.map((row) => row[column]).filter((value) => value != null);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}
