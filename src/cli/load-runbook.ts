import { invalidRunbookError } from '../errors.ts';
import { formatDiagnostics } from '../runbook/diagnostic.ts';
import { parseRunbook } from '../runbook/parse-runbook.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Source } from '../runbook/source.ts';

/** Parses a runbook that is going to be used; throws with every diagnostic when it is not valid. */
export function loadRunbook(source: Source): Runbook {
  const parsed = parseRunbook(source);
  if (parsed.ok) return parsed.value;
  const count = parsed.diagnostics.length;
  const problems = formatDiagnostics(source, parsed.diagnostics);
  throw invalidRunbookError(
    `${source.file} cannot be run: ${count === 1 ? 'one problem' : `${count} problems`}\n\n${problems}`,
  );
}
