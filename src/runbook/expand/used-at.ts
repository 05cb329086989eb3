import type { Diagnostic } from '../diagnostic.ts';
import type { LibraryUse } from '../model/runbook.ts';
import { partAt, type Source, type Span } from '../yaml/source.ts';

/**
 * Returns diagnostics with the places in the runbook that use the part of a library file they are
 * about.
 */
export function withUses(
  source: Source,
  diagnostics: readonly Diagnostic[],
  uses: readonly LibraryUse[],
): readonly Diagnostic[] {
  if (uses.length === 0) return diagnostics;
  return diagnostics.map((diagnostic) => {
    const usedAt = placesOf(source, diagnostic.span.start, uses, []);
    const unique = [...new Map(usedAt.map((span) => [span.start, span])).values()];
    return unique.length === 0
      ? diagnostic
      : { ...diagnostic, usedAt: unique.toSorted((a, b) => a.start - b.start) };
  });
}

function placesOf(
  source: Source,
  offset: number,
  uses: readonly LibraryUse[],
  above: readonly LibraryUse[],
): readonly Span[] {
  if (partAt(source, offset).name === undefined) return [];
  return uses
    .filter((use) => use.of.start <= offset && offset < use.of.end && !above.includes(use))
    .flatMap((use) =>
      partAt(source, use.at.start).name === undefined
        ? [use.at]
        : placesOf(source, use.at.start, uses, [...above, use]),
    );
}
