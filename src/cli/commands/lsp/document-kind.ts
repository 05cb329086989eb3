import { existsSync } from 'node:fs';

const CASES = /\.test\.ya?ml$/;
const MODELINE = /^#.*\$schema=.*\brunbook\.schema\.json/m;
const CASES_MODELINE = /^#.*\$schema=.*\brunbook-test\.schema\.json/m;

/** The kinds of document that are served. */
export type DocumentKind = 'runbook' | 'library' | 'cases';

/**
 * Tells what a YAML document is for runbook: a runbook has steps, names the schema, or is in a folder
 * that is searched for runbooks; a library file has fragments or templates instead of steps; cases are
 * in NAME.test.yaml.
 */
export function documentKind(
  uri: string,
  text: string,
  isInFolder: boolean,
): DocumentKind | undefined {
  if (CASES.test(uri))
    return isInFolder || /^cases\s*:/m.test(text) || CASES_MODELINE.test(text)
      ? 'cases'
      : undefined;
  const hasSteps = /^steps\s*:/m.test(text);
  if (!hasSteps && /^(?:fragments|templates)\s*:/m.test(text)) return 'library';
  const isRunbook = isInFolder || hasSteps || MODELINE.test(text);
  return isRunbook ? 'runbook' : undefined;
}

/** Returns the file of the runbook that a file of cases belongs to. */
export function runbookBeside(casesFile: string): string {
  const base = casesFile.replace(CASES, '');
  const [yaml, yml] = [`${base}.yaml`, `${base}.yml`];
  return !existsSync(yaml) && existsSync(yml) ? yml : yaml;
}
