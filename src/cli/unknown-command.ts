import { quoteShell } from '#safety/actions/quote-shell.ts';
import { closest } from '#text/suggest.ts';
import { COMMANDS } from './commands.ts';
import { findRunbooks } from './library/find-runbook.ts';

/**
 * Returns a hint for a word that is not a command: it may be a misspelled command, a runbook or an
 * error.
 */
export function insteadOf(word: string): string {
  if (/\s/.test(word)) return `to look up an error: runbook match ${quoteShell(word)}`;
  const near = closest(word, Object.keys(COMMANDS));
  if (near !== undefined) return `did you mean "${near}"?`;
  const runbook = closest(
    word,
    findRunbooks([]).map(({ name }) => name),
  );
  return runbook === undefined
    ? 'commands: runbook --help. Runbooks: runbook list'
    : `did you mean "runbook run ${runbook}"?`;
}
