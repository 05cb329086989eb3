import { environmentError, type RunbookError, usageError } from '#errors.ts';
import { innerRunbooks } from '#runbook/inner-runbooks.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';

/**
 * Throws a usage error if a runbook needs what a team does not have: a secret that somebody types, or
 * the terminal of an operator. Inputs that are secret come from the environment of the worker; a step
 * that asks for one of them is answered without it.
 */
export function refuseForTeam(runbook: Runbook, given: Readonly<Record<string, string>>): void {
  for (const { name, secret } of runbook.inputs)
    if (secret && given[name] !== undefined)
      throw usageError(
        `the input "${name}" is secret and must not leave its machine`,
        'set it in the environment that the worker has',
      );
  for (const book of [runbook, ...innerRunbooks(runbook)]) {
    const typed = book.steps.find(
      ({ does }) => does.kind === 'ask' && does.answer === 'secret' && does.input === undefined,
    );
    if (typed !== undefined)
      throw usageError(`${book.name}: step "${typed.id}" asks for a secret, which a team cannot`);
    const interactive = book.steps.find((step) =>
      bodiesOf(step).some((body) => body.kind === 'shell' && body.interactive),
    );
    if (interactive !== undefined)
      throw usageError(`${book.name}: step "${interactive.id}" needs the terminal of an operator`);
  }
}

/** Returns the error of a worker that does not know the text of a runbook. */
export function unknownRunbook(name: string, worker: string, digest: string): RunbookError {
  return environmentError(
    `worker ${worker} does not have this version of the runbook "${name}" (SHA-256 ${digest.slice(0, 12)}…)`,
    'put its file into a runbook folder of the worker',
  );
}
