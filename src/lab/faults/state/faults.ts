import type { FaultKind } from '../../fault.ts';
import { NOT_READY_RECOVERY, NOT_READY_SHUTTING_DOWN, NOT_READY_STARTING } from './not-ready.ts';
import { READ_ONLY_ROLE, READ_ONLY_SETTING, READ_ONLY_STANDBY } from './read-only.ts';
import { STALE_AFTER_DEPLOY, STALE_IDLE_CUT, STALE_RESTARTED, STALE_TERMINATED } from './stale.ts';

/** Faults of a server's state: starting, stopping, read-only, restarted. */
export const STATE_FAULTS: readonly FaultKind[] = [
  NOT_READY_STARTING,
  NOT_READY_SHUTTING_DOWN,
  NOT_READY_RECOVERY,
  READ_ONLY_STANDBY,
  READ_ONLY_SETTING,
  READ_ONLY_ROLE,
  STALE_TERMINATED,
  STALE_RESTARTED,
  STALE_IDLE_CUT,
  STALE_AFTER_DEPLOY,
];
