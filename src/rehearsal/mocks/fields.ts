import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import { closest } from '#text/suggest.ts';
import { fieldsRead } from './fields-read.ts';
import type { MockReader } from './read.ts';
import type { ResultDocument } from './result.ts';

/**
 * Warns about an unread column whose name resembles one that is read and missing: a condition
 * without its value decides nothing.
 */
export function checkMockedFields(
  document: ResultDocument,
  node: LocatedNode,
  of: { readonly id: string; readonly part: string },
  reader: MockReader,
): void {
  const rows = document.rows ?? (document.row === undefined ? [] : [document.row]);
  const read = fieldsRead(reader.steps, of.id, of.part);
  for (const [index, row] of rows.entries()) {
    const path = document.rows === undefined ? ['row'] : ['rows', index];
    const missing = [...read.columns].filter((name) => !Object.hasOwn(row, name));
    for (const name of Object.keys(row)) {
      if (read.columns.has(name)) continue;
      const meant = closest(name, missing);
      const at = nodeAt(node, path);
      if (meant === undefined || at?.kind !== 'mapping') continue;
      reader.problems.push({
        severity: 'error',
        code: 'unknown-name',
        message: `nothing reads the column "${name}", and "${meant}" is missing`,
        span: at.entries.get(name)?.key ?? at.span,
        hint: `did you mean "${meant}"?`,
      });
    }
  }
}
