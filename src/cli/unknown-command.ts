import { quoteShell } from '#safety/actions/quote-shell.ts';
import { closest } from '#text/suggest.ts';
import { COMMANDS } from './commands.ts';
import { findRunbooks } from './library/find-runbook.ts';

/** Returns what was meant by a word that is no command: a runbook, an error, a misspelt command. */
export function insteadOf(word: string): string {
  if (/\s/.test(word)) return `for the runbook of an error: runbook match ${quoteShell(word)}`;
  const near = closest(word, Object.keys(COMMANDS));
  if (near !== undefined) return `did you mean "${near}"?`;
  const runbook = closest(
    word,
    findRunbooks([]).map(({ name }) => name),
  );
  return runbook === undefined
    ? 'runbook --help names the commands, runbook list the runbooks'
    : `did you mean "runbook run ${runbook}"?`;
}
