import { defined } from '#runbook/model/defined.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { withoutStop } from '../shell/outcome.ts';
import type { ErrorRule } from '../wire/network-error.ts';

const LONGEST_MESSAGE = 300;

/**
 * Returns the reason why a client could not reach the place of a script, from its output. The first
 * rule that matches a line wins, with the last such line as the message; without a match, the
 * message is the last line.
 */
export function clientError(said: string, rules: readonly ErrorRule[], place: string): StepError {
  const lines = said
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const { text, kind, phase, hint } of rules) {
    const line = lines.findLast((each) => text?.test(each) ?? false);
    if (line === undefined) continue;
    const message =
      kind === 'not_found' && NO_BASH.test(line) ? `there is no bash in ${place}` : line;
    const shown = withoutStop(message.slice(0, LONGEST_MESSAGE));
    return defined({ kind, message: shown, phase, hint });
  }
  const last = lines.at(-1);
  const message = last ?? `${place} closed the connection without a message`;
  return { kind: 'unknown', message: withoutStop(message.slice(0, LONGEST_MESSAGE)) };
}

/** Messages of container runtimes and of every shell for a missing bash. */
export const NO_BASH =
  /"?bash"?: (?:executable file not found|not found|command not found|Command not found|no such file)|(?:Unknown command:? '?|command not found: )bash|executable file `bash` not found|stat \S*bash: no such file/;

/** A name that Go programs, as docker and kubectl are, could not look up, whatever kept them from it. */
export const NO_LOOKUP = /no such host|\blookup \S+(?: on \S+)?: /;

/** Returns the error of a client that could not be started. */
export function startError(
  program: string,
  { code = '', message }: NodeJS.ErrnoException,
): StepError {
  if (code === 'ENOENT')
    return { kind: 'not_found', code, message: `${program} was not found on the PATH` };
  return { kind: 'unknown', code, message: `${program} could not be started: ${message}` };
}
