import type { Phase } from '#runbook/model/runbook.ts';

/** What the phases are called where people read them. */
export const PHASE_NAMES: Readonly<Record<Phase, string>> = {
  diagnose: 'Diagnose',
  fix: 'Fix',
  verify: 'Verify',
};
