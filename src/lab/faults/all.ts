import type { FaultKind } from '../fault.ts';
import { CAPACITY_FAULTS } from './capacity/faults.ts';
import { LOGIN_FAULTS } from './login/faults.ts';
import { POOLER_FAULTS } from './pooler/faults.ts';
import { REACH_FAULTS } from './reach/faults.ts';
import { STATE_FAULTS } from './state/faults.ts';
import { WORK_FAULTS } from './workload/faults.ts';

/** Every fault of the lab, in the order of the layers. */
export const EVERY_FAULT: readonly FaultKind[] = [
  ...REACH_FAULTS,
  ...LOGIN_FAULTS,
  ...STATE_FAULTS,
  ...CAPACITY_FAULTS,
  ...WORK_FAULTS,
  ...POOLER_FAULTS,
];
