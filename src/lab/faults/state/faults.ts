import type { FaultKind } from '../../fault.ts';
import { NOT_READY_RECOVERY } from './not-ready-recovery.ts';
import { NOT_READY_SHUTTING_DOWN } from './not-ready-shutting-down.ts';
import { NOT_READY_STARTING } from './not-ready-starting.ts';
import { READ_ONLY_ROLE, READ_ONLY_SETTING } from './read-only-setting.ts';
import { READ_ONLY_STANDBY } from './read-only-standby.ts';
import { STALE_AFTER_DEPLOY } from './stale-after-deploy.ts';
import { STALE_IDLE_CUT } from './stale-idle-cut.ts';
import { STALE_RESTARTED } from './stale-restarted.ts';
import { STALE_TERMINATED } from './stale-terminated.ts';

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
