import { formatDiagnostic } from '#runbook/diagnostic.ts';
import type { Source, Span } from '#runbook/yaml/source.ts';

/** Returns the source line of a place with a hint, in the format of diagnostics. */
export function codeFrame(source: Source, span: Span, hint: string | undefined): readonly string[] {
  const about = { severity: 'error', code: 'wrong-value', message: '', span } as const;
  const shown = formatDiagnostic(source, hint === undefined ? about : { ...about, hint });
  return shown.split('\n').slice(1);
}
