import type { FaultKind } from '../fault.ts';

/** Faults on the way to a server: names, ports, packets, and what answers there. */
export const REACH_FAULTS: readonly FaultKind[] = [];
