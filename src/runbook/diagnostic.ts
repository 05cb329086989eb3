import type { Source, Span } from './yaml/source.ts';
import { lineAt, positionAt } from './yaml/source.ts';

/** The stable names of problems in a runbook; each has an entry in docs/reference/diagnostics. */
export const DIAGNOSTIC_CODES = [
  'yaml-syntax',
  'program-too-old',
  'unknown-library',
  'unused-library',
  'unknown-fragment',
  'fragment-syntax',
  'fragment-cycle',
  'wrong-parameter',
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
  'volatile-bound',
  'enough-unbound',
  'no-rows',
  'missing-engine',
  'wrong-target',
  'expression-syntax',
  'placeholder-syntax',
  'placeholder-in-quotes',
  'secret-in-argv',
  'secret-in-text',
  'cause-without-finding',
  'default-not-last',
  'gate-too-weak',
  'phrase-unusable',
  'retry-of-change',
  'regex-unsupported',
  'regex-syntax',
  'type-mismatch',
  'unknown-value',
  'keys-conflict',
  'concurrency-of-change',
  'unknown-runbook',
  'runbook-invalid',
  'runbook-cycle',
  'step-not-before',
  'step-may-not-have-run',
  'unreachable-step',
  'no-finish',
  'next-not-total',
  'unbounded-loop',
  'no-preview',
  'no-verify',
  'no-undo',
  'sql-syntax',
  'shell-syntax',
  'unset-variable',
  'placeholder-as-identifier',
  'placeholder-as-code',
  'effect-too-low',
  'effect-not-proven',
  'effect-not-read',
  'effect-reason-unneeded',
  'effect-unproven',
  'volatile-unknown',
  'first-row-only',
  'input-unchecked',
  'volatile-undeclared',
  'text-cut-short',
  'placeholder-not-replaced',
  'pattern-as-text',
  'literal-secret',
  'always-the-same',
  'declined-too',
  'no-time',
  'symptom-in-every-log',
  'line-end-compared',
  'no-is-failure',
  'every-row',
  'folded-script',
  'empty-path',
  'input-unused',
] as const;

/** The stable name of a kind of problem. */
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** A problem at a place in the text of a runbook, or of another file with codes of its own. */
export type Diagnostic<Code extends string = DiagnosticCode> = {
  readonly severity: 'error' | 'warning';
  readonly code: Code;
  /** Present tense, lower case, no full stop. */
  readonly message: string;
  readonly span: Span;
  /** The expectation or a suggestion, e.g. `did you mean "timeout"?`. */
  readonly hint?: string;
  /** The places in the runbook that use the part of a library file with the problem. */
  readonly usedAt?: readonly Span[];
};

/** Returns an error at a place. */
export function errorAt<Code extends string = DiagnosticCode>(
  code: Code,
  span: Span,
  message: string,
  hint?: string,
): Diagnostic<Code> {
  return { severity: 'error', code, message, span, ...(hint === undefined ? {} : { hint }) };
}

/** A parsed value, or every problem in the text. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | {
      readonly ok: false;
      readonly diagnostics: readonly Diagnostic[];
      /** The parts that could be read, for checks of these; it must not be used otherwise. */
      readonly partial?: T;
    };

/** Returns whether one of the diagnostics is an error; warnings do not invalidate the text. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** Returns diagnostics without repetitions of one message at one place. */
export function uniqueDiagnostics(all: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code, span, message }: Diagnostic) => `${code} ${span.start} ${message}`;
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

/** The number of problems shown; the rest are only counted. */
const MOST_SHOWN = 50;

/** Returns diagnostics in the order of the text, rendered one below the other. */
export function formatDiagnostics(
  source: Source,
  diagnostics: readonly Diagnostic<string>[],
): string {
  const sorted = diagnostics.toSorted((a, b) => a.span.start - b.span.start);
  const quoted = withoutSecrets(source, diagnostics);
  const shown = sorted
    .slice(0, MOST_SHOWN)
    .map((diagnostic) => formatDiagnostic(quoted, diagnostic));
  const more = sorted.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n\n');
}

/**
 * The logs of builds keep what is printed here, so the secrets that are reported become dots, also where
 * they stand again.
 */
function withoutSecrets(source: Source, diagnostics: readonly Diagnostic<string>[]): Source {
  const spans = diagnostics.flatMap(({ code, span }) => (code === 'literal-secret' ? [span] : []));
  const dots = (secret: string) => secret.replace(/\S/g, '•');
  const reported = spans.reduce(
    (text, { start, end }) => text.slice(0, start) + dots(text.slice(start, end)) + text.slice(end),
    source.text,
  );
  const text = spans
    .map(({ start, end }) => source.text.slice(start, end))
    // A shorter word may be part of any other.
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .reduce((rest, secret) => rest.replaceAll(secret, dots), reported);
  return { file: source.file, text };
}

/** The least length of a secret that is looked for in the rest of the text. */
const SHORTEST_SECRET = 6;

/** Returns a diagnostic with its place, message, quoted line and hint. */
export function formatDiagnostic(source: Source, diagnostic: Diagnostic<string>): string {
  const { file, line, column } = positionAt(source, diagnostic.span.start);
  const end = positionAt(source, diagnostic.span.end);
  const whole = lineAt(source, diagnostic.span.start);
  const until = end.file === file && end.line === line ? end.column : whole.length + 1;
  const { text, from } = excerpt(whole, column - 1);
  const gutter = ' '.repeat(String(line).length);
  const indent = blank(text.slice(0, column - 1 - from));
  const carets = '^'.repeat(
    Math.max(1, Math.min(until - 1 - from, text.length) - (column - 1 - from)),
  );
  const hint = diagnostic.hint === undefined ? '' : ` ${diagnostic.hint}`;
  return [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    `${gutter}--> ${file}:${line}:${column}`,
    `${gutter} |`,
    `${line} | ${text}`,
    `${gutter} | ${indent}${carets}${hint}`,
    ...usedLine(source, diagnostic, gutter),
  ]
    .map(printable)
    .join('\n');
}

/** The number of places shown that use a part of a library file. */
const MOST_USES = 3;

function usedLine(source: Source, { usedAt = [] }: Diagnostic<string>, gutter: string): string[] {
  if (usedAt.length === 0) return [];
  const places = usedAt.slice(0, MOST_USES).map(({ start }) => {
    const { file, line, column } = positionAt(source, start);
    return `${file}:${line}:${column}`;
  });
  const more = usedAt.length - places.length;
  return [`${gutter} = used at ${places.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

const LONGEST_LINE = 160;

/** Returns an excerpt of a line that is too long to show; `from` is its offset in the line. */
function excerpt(line: string, at: number): { readonly text: string; readonly from: number } {
  if (line.length <= LONGEST_LINE) return { text: line, from: 0 };
  const from = Math.max(0, Math.min(at - LONGEST_LINE / 2, line.length - LONGEST_LINE));
  return { text: line.slice(from, from + LONGEST_LINE), from };
}

// Scripts whose characters are two columns wide.
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Returns white space as wide as a text. */
function blank(text: string): string {
  return text.replace(WIDE, '\u3000').replace(/[^\t\u3000]/g, ' ');
}

/** Replaces control and bidirectional characters, which must not reach a terminal. */
function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    '\ufffd',
  );
}
