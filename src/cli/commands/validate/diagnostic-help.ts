import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package-folder.ts';

/**
 * Returns the entries of docs/reference/diagnostics by code, in Markdown; none if the pages are
 * missing.
 */
export function diagnosticHelp(): ReadonlyMap<string, string> {
  const entries = pages().flatMap((page) => page.split(/^## /m).slice(1));
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return [entry.slice(0, end).trim(), entry.slice(end).trim()] as const;
    }),
  );
}

function pages(): readonly string[] {
  const folder = join(packageFolder(), 'docs', 'reference', 'diagnostics');
  try {
    return readdirSync(folder)
      .filter((name) => name !== 'README.md')
      .map((name) => readFileSync(join(folder, name), 'utf8'));
  } catch {
    return [];
  }
}
