import type { FaultKind } from '../fault.ts';

/** Faults of a server that is not as the application left it: starting, ending, read-only, restarted. */
export const STATE_FAULTS: readonly FaultKind[] = [];
