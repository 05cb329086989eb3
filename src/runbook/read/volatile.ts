import type { Template } from '../expression/template.ts';
import { columnsBefore } from '../model/row-columns.ts';
import type { Body } from '../model/runbook.ts';
import type { PartReader } from './part-reader.ts';

/** Reports the volatile columns of a preview that the action binds nevertheless. */
export function checkVolatile(
  columns: readonly string[],
  body: Body,
  reader: Pick<PartReader, 'report' | 'span'>,
): void {
  for (const [index, column] of columns.entries()) {
    if (!templatesOf(body).some((template) => binds(template, column))) continue;
    reader.report(
      'volatile-bound',
      reader.span(['preview', 'volatile', index]),
      `the action binds "${column}", and what it binds has to be confirmed`,
      'take it out of volatile, or name the columns to bind: (pid, started) IN (${{ preview.rows }})',
    );
  }
}

function templatesOf(body: Body): readonly Template[] {
  if (body.kind === 'sql') return Object.values(body.texts);
  if (body.kind === 'probe') return [];
  const { script, env, cwd, stdin } = body;
  const input = stdin !== undefined && 'placeholders' in stdin ? stdin : undefined;
  return [script, ...Object.values(env), cwd, input].filter((text) => text !== undefined);
}

function binds({ text, placeholders }: Template, column: string): boolean {
  return placeholders.some(({ expression, at }) => {
    if (!expression.names.some(({ path }) => path[0] === 'preview')) return false;
    const written = expression.text.trim();
    if (written === 'preview.rows')
      return columnsBefore(text.slice(0, at))?.includes(column) ?? true;
    if (written === 'preview.row' || written === 'preview') return true;
    return new Set<string>(written.match(/\w+/g)).has(column);
  });
}
