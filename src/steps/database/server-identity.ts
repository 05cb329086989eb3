import { createHash, randomUUID } from 'node:crypto';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import type { ConnectionFacts, ExecuteContext } from '../executor.ts';

const LENGTH = 16;

/**
 * Returns the identity of a server, derived from what it reports about itself. Equal reports give
 * equal identities.
 */
export function serverIdentity(said: string): string {
  return createHash('sha256').update(said).digest('hex').slice(0, LENGTH);
}

/** Returns a unique identity for a connection to a server that cannot be told apart from others. */
export function connectionIdentity(): string {
  return `connection ${randomUUID()}`;
}

/**
 * Returns an error if a change was confirmed for another server than the one the connection reaches
 * now; undefined for reads.
 */
export function otherServer(
  { readOnly }: SqlAction,
  { server }: ConnectionFacts,
  { expectedServer }: ExecuteContext,
): StepError | undefined {
  if (readOnly || expectedServer === undefined || expectedServer === server) return undefined;
  return {
    kind: 'other_server',
    phase: 'query',
    message: 'the connection leads to another server than the one that was confirmed',
    hint: 'Nothing was run. Confirm it for the server that answers now.',
  };
}
