import type { FaultKind } from '../../fault.ts';
import { POOLER_BACKEND_DOWN } from './backend-down.ts';
import { POOLER_CLIENT_LIMIT } from './client-limit.ts';
import { POOLER_PAUSED } from './paused.ts';
import { POOLER_PREPARED_STATEMENTS } from './prepared-statements.ts';
import { POOLER_SATURATED } from './saturated.ts';

/** Faults of a pooler in front of a server. */
export const POOLER_FAULTS: readonly FaultKind[] = [
  POOLER_SATURATED,
  POOLER_PAUSED,
  POOLER_BACKEND_DOWN,
  POOLER_CLIENT_LIMIT,
  POOLER_PREPARED_STATEMENTS,
];
