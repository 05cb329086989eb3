import type { Placed } from '#machine/placed-step.ts';
import type { Body, Step } from '#runbook/model/runbook.ts';

/** Every step that a run can reach, by its ID in the run. */
export type PlacedSteps = ReadonlyMap<string, Placed>;

/** Returns the bodies of a step by the part that executes them. */
export function bodiesOf({ does }: Step): Readonly<Record<string, Body>> {
  if (does.kind === 'wait') return does.until === undefined ? {} : { verify: does.until.body };
  if (!('body' in does)) return {};
  const { body, preview, verify, undo } = does;
  return {
    action: body,
    ...(preview === undefined ? {} : { preview: preview.body, recheck: preview.body }),
    ...(verify === undefined ? {} : { verify: verify.body }),
    ...(undo?.kind === 'action' ? { undo: undo.body } : {}),
  };
}
