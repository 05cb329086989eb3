import type { StepOutline } from '../events/event.ts';
import { placedSteps } from '../machine/placed-step.ts';
import type { Runbook } from '../runbook/runbook.ts';

/** Returns what every step of a run looks like before it runs, each followed by those inside of it. */
export function stepOutlines(runbook: Runbook): readonly StepOutline[] {
  return [...placedSteps(runbook).values()].map(({ id, title, why, phase, does, parent }) => ({
    id,
    title,
    phase,
    kind: does.kind,
    effect: 'effect' in does ? does.effect : 'read',
    ...(why === undefined ? {} : { why }),
    ...(parent === undefined ? {} : { parent }),
  }));
}
