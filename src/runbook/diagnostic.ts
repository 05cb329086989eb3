import type { Source, Span } from './source.ts';
import { lineText, positionAt } from './source.ts';

/** The stable names of problems in a runbook; each has an entry in docs/diagnostics.md. */
export const DIAGNOSTIC_CODES = [
  'yaml-syntax',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'wrong-value',
  'duplicate-id',
  'reserved-id',
  'name-mismatch',
  'unknown-step',
  'unknown-target',
  'unknown-name',
  'step-kind',
  'preview-of-read',
  'missing-engine',
  'wrong-target',
  'expression-syntax',
  'placeholder-syntax',
  'placeholder-in-quotes',
  'secret-in-argv',
  'secret-in-text',
  'default-not-last',
  'gate-too-weak',
  'retry-of-change',
  'regex-unsupported',
] as const;

/** The stable name of a kind of problem. */
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** A problem in a runbook, at a place in its text. */
export type Diagnostic = {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  /** Present tense, lower case, no full stop. */
  readonly message: string;
  readonly span: Span;
  /** What would be right, e.g. `did you mean "timeout"?`. */
  readonly hint?: string;
};

/** A parsed value, or everything that is wrong with the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Returns a diagnostic with its place, what is wrong, the quoted line and what would be right. */
export function formatDiagnostic(source: Source, diagnostic: Diagnostic): string {
  const { line, column } = positionAt(source, diagnostic.span.start);
  const end = positionAt(source, diagnostic.span.end);
  const text = lineText(source, line);
  const until = end.line === line ? end.column : text.length + 1;
  const gutter = ' '.repeat(String(line).length);
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, until - column));
  const hint = diagnostic.hint === undefined ? '' : ` ${diagnostic.hint}`;
  return [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `${gutter}--> ${source.file}:${line}:${column}`,
    `${gutter} |`,
    `${line} | ${text}`,
    `${gutter} | ${indent}${carets}${hint}`,
  ].join('\n');
}

/** Returns diagnostics in the order of the text, rendered one below the other. */
export function formatDiagnostics(source: Source, diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .toSorted((a, b) => a.span.start - b.span.start)
    .map((diagnostic) => formatDiagnostic(source, diagnostic))
    .join('\n\n');
}
