import { quoteShell } from '#safety/actions/quote-shell.ts';
import { readReference } from '../../config/reference.ts';
import type { RunOptions } from './command.ts';

/** The inputs that all connection runbooks share. */
const SHARED = ['database_url', 'admin_url'];

/**
 * Returns the options that run another runbook on the same servers, as words for a shell. Inputs are
 * repeated as references, never as values, which may be secret.
 */
export function repeatedOptions({ environment, given, dirs = [] }: RunOptions): string {
  const references = Object.entries(given).filter(
    ([name, value]) => SHARED.includes(name) && readReference(value).kind !== 'text',
  );
  const words = [
    ...(environment === undefined ? [] : ['--env', environment]),
    ...references.flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...dirs.flatMap((dir) => ['--dir', dir]),
  ];
  return words.map(quoteShell).join(' ');
}
