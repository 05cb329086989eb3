import type { FaultKind } from '../fault.ts';

/** Faults of a pooler in front of a server. */
export const POOLER_FAULTS: readonly FaultKind[] = [];
