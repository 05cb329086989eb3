import type { ShownAction } from '#events/log/event.ts';
import { layoutTable, type Rows } from '#events/wording/table-layout.ts';
import { harmless } from '#text/harmless.ts';
import { commandLines, whereLine } from './command.ts';
import { BLANK, BOLD, DIM, type Line, line, lineText, rule, span, wrapped } from './line.ts';
import { recordLines, tableLines } from './table.ts';

/** A piece of the pager's content, independent of the terminal's width. */
export type Block =
  | { readonly kind: 'heading'; readonly text: string; readonly note?: string }
  | { readonly kind: 'text'; readonly text: string; readonly quiet?: boolean }
  | { readonly kind: 'command'; readonly action: ShownAction }
  | { readonly kind: 'table'; readonly table: Rows }
  /** Lines that were laid out for the pager's width. */
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  /** An output file; `text` is set once it is read, `instead` is shown until then or on failure. */
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly text: string | undefined;
      readonly instead?: string;
    };

type LaidOut = {
  readonly width: number;
  readonly isWide: boolean;
  readonly lines: readonly Line[];
  /** The lines of tables at full width, which can be scrolled sideways. */
  readonly wide: ReadonlySet<Line>;
};

const laidOut = new WeakMap<readonly Block[], LaidOut>();

/**
 * Returns all lines of the blocks, with tables at full width if they may be wider than the pager.
 * The most recent layout of the same blocks is cached, for long outputs.
 */
export function blockLines(
  blocks: readonly Block[],
  width: number,
  isWide = false,
): readonly Line[] {
  return laidOutBlocks(blocks, width, isWide).lines;
}

/**
 * Returns the lines of the blocks like {@link blockLines}, and which of them belong to wide tables.
 */
export function laidOutBlocks(
  blocks: readonly Block[],
  width: number,
  isWide: boolean,
): Pick<LaidOut, 'lines' | 'wide'> {
  const known = laidOut.get(blocks);
  if (known?.width === width && known.isWide === isWide) return known;
  const wide = new Set<Line>();
  const lines = blocks.flatMap((block) => {
    if (!isWide || block.kind !== 'table') return linesOf(block, width);
    const rows = wideTableLines(block.table);
    for (const row of rows) wide.add(row);
    return rows;
  });
  const made = { width, isWide, lines, wide };
  laidOut.set(blocks, made);
  return made;
}

/** Returns whether a table among the blocks is wider than the pager. */
export function hasWideTable(blocks: readonly Block[], width: number): boolean {
  return blocks.some((block) => block.kind === 'table' && !fits(block.table, width));
}

function wideTableLines(table: Rows): readonly Line[] {
  return [...tableLines(table, Number.MAX_SAFE_INTEGER, table.rows.length), []];
}

function fits(table: Rows, width: number): boolean {
  const layout = layoutTable(table, width);
  return !layout.cut && layout.hidden.length === 0;
}

function linesOf(block: Block, width: number): readonly Line[] {
  switch (block.kind) {
    case 'heading':
      return [
        rule(width, block.text, block.note === undefined ? undefined : span(block.note, DIM)),
      ];
    case 'text':
      return [...wrapped(block.text, width, block.quiet === true ? DIM : {}), BLANK];
    case 'command':
      return [...commandLines(block.action, width), whereLine(block.action), BLANK];
    case 'lines':
      return block.lines;
    case 'table':
      return [...fullTableLines(block.table, width), BLANK];
    case 'file':
      return block.text === undefined
        ? [line(`reading ${block.file} …`, DIM), BLANK]
        : [...wrapped(harmless(block.text).trimEnd(), width), BLANK];
  }
}

/** Returns a table if every column fits, else every row upright, so that everything is visible. */
function fullTableLines(table: Rows, width: number): readonly Line[] {
  if (fits(table, width)) return tableLines(table, width, table.rows.length);
  return table.rows.flatMap((row, index) => [
    line(`row ${index + 1} of ${table.rows.length}`, BOLD),
    ...recordLines(table.columns, row, width),
  ]);
}

/** Returns the indexes of the lines that contain a text, ignoring case. */
export function linesWith(lines: readonly Line[], query: string): readonly number[] {
  if (query === '') return [];
  const wanted = query.toLowerCase();
  return lines.flatMap((content, index) =>
    lineText(content).toLowerCase().includes(wanted) ? [index] : [],
  );
}

/** Returns a line with every occurrence of a text inverted. */
export function marked(content: Line, query: string): Line {
  if (query === '') return content;
  const text = lineText(content);
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  // Lowercasing can change the length of a text, which would shift the matches.
  if (lower.length !== text.length || !lower.includes(wanted)) return content;
  const pieces: { text: string; inverse?: boolean }[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    pieces.push({ text: text.slice(from, at) });
    pieces.push({ text: text.slice(at, at + wanted.length), inverse: true });
    from = at + wanted.length;
  }
  return [...pieces, { text: text.slice(from) }];
}
