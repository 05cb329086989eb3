import type { Phase } from '#runbook/model/runbook.ts';

/** The display names of the phases. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  diagnose: 'Diagnose',
  fix: 'Fix',
  verify: 'Verify',
};
