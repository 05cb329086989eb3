import type { FaultKind } from '../../fault.ts';
import { APP_POOL_LEAK } from './app-pool-leak.ts';
import { APP_POOL_TOO_SMALL } from './app-pool-too-small.ts';
import { DATABASE_LIMIT, EVERY_USER_LIMIT, ROLE_LIMIT, USER_LIMIT } from './connection-limits.ts';
import {
  FULL_OF_IDLE,
  FULL_OF_IDLE_IN_TRANSACTION,
  FULL_OF_LOCK_WAITERS,
  MYSQL_MAX_CONNECTIONS,
} from './server-full.ts';

/** Connection capacity faults: of the server, of a role, of an application's pool. */
export const CAPACITY_FAULTS: readonly FaultKind[] = [
  FULL_OF_IDLE,
  FULL_OF_IDLE_IN_TRANSACTION,
  FULL_OF_LOCK_WAITERS,
  MYSQL_MAX_CONNECTIONS,
  ROLE_LIMIT,
  DATABASE_LIMIT,
  USER_LIMIT,
  EVERY_USER_LIMIT,
  APP_POOL_LEAK,
  APP_POOL_TOO_SMALL,
];
