import { cellText } from '#events/wording/table-layout.ts';
import type { Row } from '#runbook/model/value.ts';
import { type Content, type Markup, markup } from './markup.ts';

/** The number of rows from which on a value that all of them share is shown once. */
const SHARED_FROM = 3;
/** A value that is longer stands on a line of its own on a phone. */
const WIDE = 16;

/**
 * Returns rows as a table, complete: on a narrow screen each row becomes a block. Columns with one
 * value in all rows are named above it, if there are three rows or more.
 */
export function rowsTable(
  columns: readonly string[],
  rows: readonly Row[],
  caption: string,
): Markup {
  const shared = rows.length < SHARED_FROM ? [] : columns.filter((name) => isShared(name, rows));
  const own = columns.filter((name) => !shared.includes(name));
  return markup`${sharedLine(shared, rows)}${own.length > 0 && table(own, rows, caption)}`;
}

function isShared(name: string, rows: readonly Row[]): boolean {
  return rows.every((row) => cellText(row[name]) === cellText(rows[0]?.[name]));
}

function sharedLine(shared: readonly string[], rows: readonly Row[]): Content {
  if (shared.length === 0) return undefined;
  const values = shared.map(
    (name, index) =>
      markup`${index > 0 && ', '}<span class="mono">${name}</span> ${cellText(rows[0]?.[name])}`,
  );
  return markup`<p class="small">The same in all ${rows.length}: ${values}.</p>`;
}

function table(columns: readonly string[], rows: readonly Row[], caption: string): Markup {
  const numeric = new Set(
    columns.filter((name) => rows.some((row) => typeof row[name] === 'number')),
  );
  const head = columns.map(
    (name) => markup`<th scope="col"${numeric.has(name) && markup` class="n"`}>${name}</th>`,
  );
  const body = rows.map((row) => {
    const cells = columns.map((name) => {
      const text = cellText(row[name]);
      const kind = numeric.has(name) ? 'n' : text.length > WIDE ? 'wide' : '';
      return markup`<td${kind !== '' && markup` class="${kind}"`} data-l="${name}">${text}</td>`;
    });
    return markup`<tr>${cells}</tr>
`;
  });
  return markup`<table class="stack"><caption class="sr">${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>`;
}
