import { bodyTarget } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';
import type { ErrorKind } from '#runbook/model/step-error.ts';
import type { Visit } from '../context.ts';
import type { Placed } from '../placed-step.ts';

/** The errors of a mistyped URL; a server that is down or full is not among them. */
const MISTYPED: readonly ErrorKind[] = [
  'config',
  'dns',
  'tls',
  'auth',
  'no_database',
  'no_permission',
];

/** Returns whether a step failed because the operator's own login was rejected. */
export function isRefusedLogin(step: Placed, { error }: Visit): boolean {
  if (error === undefined || error.phase === 'query' || !MISTYPED.includes(error.kind))
    return false;
  // Only a connection has a phase: without one, no login was attempted.
  if (error.phase === undefined) return false;
  const names = bodiesOf(step).map(bodyTarget);
  return step.runbook.targets.some(
    (target) =>
      target.kind === 'database' && target.login === 'operator' && names.includes(target.name),
  );
}
