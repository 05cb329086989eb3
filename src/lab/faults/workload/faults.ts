import type { FaultKind } from '../../fault.ts';
import { LOCKS_DDL_QUEUE } from './locks-ddl-queue.ts';
import { LOCKS_IDLE_BLOCKER } from './locks-idle-blocker.ts';
import { MIGRATION_BLOCKED, MIGRATION_HALF_APPLIED, MIGRATION_STALE_LOCK } from './migrations.ts';
import { SLOW_QUERY } from './slow-query.ts';

/** Faults of running work: locks, slow queries, a half-applied migration. */
export const WORK_FAULTS: readonly FaultKind[] = [
  LOCKS_IDLE_BLOCKER,
  LOCKS_DDL_QUEUE,
  SLOW_QUERY,
  MIGRATION_HALF_APPLIED,
  MIGRATION_STALE_LOCK,
  MIGRATION_BLOCKED,
];
