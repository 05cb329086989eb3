import type { Diagnostic } from '#runbook/diagnostic.ts';
import { positionAt, type Source } from '#runbook/yaml/source.ts';

/** A diagnostic with its place in lines and columns, for other programs; both count from 1. */
export type LocatedDiagnostic = {
  readonly severity: Diagnostic['severity'];
  readonly code: string;
  readonly message: string;
  /** The file with the problem: the runbook, or a library file that it uses. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The place after the last character. */
  readonly endLine: number;
  readonly endColumn: number;
  /** The expectation or a suggestion; null if there is none. */
  readonly hint: string | null;
};

/** Returns diagnostics with their places, in text order. */
export function locate(
  source: Source,
  diagnostics: readonly Diagnostic[],
): readonly LocatedDiagnostic[] {
  return diagnostics
    .toSorted((a, b) => a.span.start - b.span.start)
    .map(({ severity, code, message, span, hint }) => {
      const { file, line, column } = positionAt(source, span.start);
      const end = positionAt(source, span.end);
      return {
        severity,
        code,
        message,
        file,
        line,
        column,
        endLine: end.line,
        endColumn: end.column,
        hint: hint ?? null,
      };
    });
}
