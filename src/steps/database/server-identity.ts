import { createHash, randomUUID } from 'node:crypto';

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
