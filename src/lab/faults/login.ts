import type { FaultKind } from '../fault.ts';

/** Faults of a login that reaches a server: credentials, host rules, privileges and TLS. */
export const LOGIN_FAULTS: readonly FaultKind[] = [];
