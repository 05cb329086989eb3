import type { FaultKind } from '../fault.ts';

/** Faults of what sessions do: locks, slow queries, a migration half applied. */
export const WORK_FAULTS: readonly FaultKind[] = [];
