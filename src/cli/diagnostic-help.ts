import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './package-folder.ts';

/** Returns the entries of docs/reference/diagnostics.md by code, in Markdown; none when the page is not there. */
export function diagnosticHelp(): ReadonlyMap<string, string> {
  const page = pageText();
  const entries = page.split(/^## /m).slice(1);
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return [entry.slice(0, end).trim(), entry.slice(end).trim()] as const;
    }),
  );
}

function pageText(): string {
  try {
    return readFileSync(join(packageFolder(), 'docs', 'reference', 'diagnostics.md'), 'utf8');
  } catch {
    return '';
  }
}
