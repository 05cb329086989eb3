import { existsSync } from 'node:fs';
import { invalidRunbookError, usageError } from '#errors.ts';
import { readCases } from '#rehearsal/cases/read.ts';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import type { Source } from '#runbook/yaml/source.ts';
import { readSource } from '../../library/find-runbook.ts';
import { checkRunbook } from '../../library/load-runbook.ts';

const CASES = /\.test\.ya?ml$/;

/** Tells whether a file contains the cases of a runbook. */
export function isCasesFile(file: string): boolean {
  return CASES.test(file);
}

/**
 * Checks the cases of a runbook against the runbook beside them; returns their problems. Throws if
 * there is no such runbook, or it is invalid.
 */
export async function checkCases(
  source: Source,
  dirs: readonly string[],
): Promise<readonly Diagnostic[]> {
  const base = source.file.replace(CASES, '');
  const file = [`${base}.yaml`, `${base}.yml`].find((path) => existsSync(path));
  if (file === undefined)
    throw usageError(`no runbook beside ${source.file}`, `expected ${base}.yaml`);
  const runbook = await checkRunbook(readSource(file), dirs);
  if (!runbook.ok)
    throw invalidRunbookError(`the cases in ${source.file} cannot be checked: ${file} is invalid`);
  const cases = readCases(source, runbook.value);
  return cases.ok ? cases.warnings : cases.diagnostics;
}
