import type { PinnedRows, ShownAction } from '#events/log/parts.ts';
import { alikeText, tellRows } from '#events/telling/gate.ts';
import { cellText } from '#events/wording/table-layout.ts';
import type { Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { type Markup, markup } from './markup.ts';

/** Rows of fewer characters, with the gaps between them, fit on a phone as they are. */
const NARROW = 40;
/** A value that is longer stands on a line of its own on a phone. */
const WIDE = 16;

/**
 * Returns the rows of a preview, summed up; each of them in a fold if they are in groups. On a
 * narrow screen each line of a table becomes a block.
 */
export function rowsTable(action: ShownAction, preview: PinnedRows): Markup {
  const rows = tellRows(action, preview);
  const { columns } = rows.table;
  const every = counted(preview.rows.length, 'row');
  return markup`${rows.alike.length > 0 && markup`<p class="small">${alikeText(rows.alike)}</p>`}
${columns.length > 0 && table(columns, rows.table.rows, rows.isGrouped ? 'The rows in groups' : `The ${every}`)}
${rows.isGrouped && markup`<details class="fold"><summary>Each of the ${every}</summary>${table(preview.columns, preview.rows, `The ${every}`)}</details>`}`;
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
  const longest = Math.max(
    ...rows.map((row) => columns.reduce((sum, name) => sum + cellText(row[name]).length, 0)),
  );
  const fits = longest + 2 * columns.length <= NARROW;
  return markup`<table${!fits && markup` class="stack"`}><caption class="sr">${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>`;
}
