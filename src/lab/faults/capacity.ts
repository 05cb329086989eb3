import type { FaultKind } from '../fault.ts';

/** Faults of too few connections: on the server, of a role, in an application's pool. */
export const CAPACITY_FAULTS: readonly FaultKind[] = [];
