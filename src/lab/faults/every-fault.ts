import type { FaultKind } from '../fault.ts';
import { CAPACITY_FAULTS } from './capacity.ts';
import { LOGIN_FAULTS } from './login.ts';
import { POOLER_FAULTS } from './pooler.ts';
import { REACH_FAULTS } from './reach.ts';
import { STATE_FAULTS } from './state.ts';
import { WORK_FAULTS } from './work.ts';

/** Every fault of the lab, in the order of the layers. */
export const EVERY_FAULT: readonly FaultKind[] = [
  ...REACH_FAULTS,
  ...LOGIN_FAULTS,
  ...STATE_FAULTS,
  ...CAPACITY_FAULTS,
  ...WORK_FAULTS,
  ...POOLER_FAULTS,
];
