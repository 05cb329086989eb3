import { formatDiagnostic } from '#runbook/diagnostic.ts';
import type { Source, Span } from '#runbook/yaml/source.ts';

/** A difference between a run and its case. */
export type Failure = {
  readonly message: string;
  /** The place in the test file. */
  readonly span: Span;
  /** The hint at that place, e.g. the correct value. */
  readonly hint: string | undefined;
  /** The explanation, line by line. */
  readonly detail: readonly string[];
  /** YAML to paste into the case. */
  readonly paste: string | undefined;
};

/** Creates a failure; omitted parts are not shown. */
export function failure(
  message: string,
  span: Span,
  about: Partial<Pick<Failure, 'hint' | 'detail' | 'paste'>> = {},
): Failure {
  return { message, span, hint: undefined, detail: [], paste: undefined, ...about };
}

/** Returns the source line of a place with a hint, in the format of diagnostics. */
export function codeFrame(source: Source, span: Span, hint: string | undefined): readonly string[] {
  const about = { severity: 'error', code: 'wrong-value', message: '', span } as const;
  const shown = formatDiagnostic(source, hint === undefined ? about : { ...about, hint });
  return shown.split('\n').slice(1);
}
