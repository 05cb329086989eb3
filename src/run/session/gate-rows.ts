import type { EventOf } from '#events/log/event.ts';
import type { GateView } from '#events/view/run-view.ts';
import { isSameChoice } from '#machine/context/chosen-rows.ts';
import { executionOf } from '#machine/context/rendering.ts';
import type { MachineContext } from '#machine/context.ts';
import type { Execute } from '#machine/effect.ts';
import { type Acting, isActing, placedSteps } from '#machine/placed-step.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { isUnsent } from '#runbook/model/step-error.ts';
import type { Refreshed } from './gate-refresh.ts';

/** Returns the read of a gate's rows; undefined for one that is not a statement on a database. */
export function rereadOf(
  { step }: GateView,
  context: MachineContext,
  runbook: Runbook,
): Execute | undefined {
  const placed = actingStep(runbook, step);
  if (placed === undefined) return undefined;
  const execute = executionOf(context, placed, 'preview');
  const isStatement = 'kind' in execute.action && execute.action.kind === 'sql';
  return isStatement ? { ...execute, server: context.visit.preview?.server } : undefined;
}

/** Returns what reading a gate's rows again has found; `event` is masked. */
export function compared(
  { step }: GateView,
  { status, result = {}, error }: EventOf<'step.finished'>,
  context: MachineContext,
  runbook: Runbook,
): Refreshed {
  if (isUnsent(error)) return { status: 'changed' };
  if (status !== 'succeeded') return { status: 'failed', error: error?.message ?? status };
  if (result.row_count === 0) return { status: 'gone' };
  const placed = actingStep(runbook, step);
  const isSame = placed !== undefined && isSameChoice(context, placed, result);
  return { status: isSame ? 'same' : 'changed' };
}

function actingStep(runbook: Runbook, id: string): Acting | undefined {
  const step = placedSteps(runbook).get(id);
  return step !== undefined && isActing(step) ? step : undefined;
}
