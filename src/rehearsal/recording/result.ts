import type { EventOf } from '#events/log/event.ts';
import { defined } from '#runbook/model/defined.ts';
import { bodiesByPart } from '#runbook/model/step-bodies.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { ACTION_MOCKS } from '../mocks/by-kind.ts';
import { fieldsRead } from '../mocks/fields-read.ts';
import type { PlacedSteps } from '../mocks/mocked.ts';
import { mockedResult, type ResultDocument } from '../mocks/result.ts';

/**
 * Returns the result of an execution as written in a case, without fields that nothing reads;
 * undefined for what a rehearsal produces by itself.
 */
export function recordedResult(
  { step: id, part: ran, status, result, error }: EventOf<'step.finished'>,
  steps: PlacedSteps,
): Json | undefined {
  const part = ran === 'recheck' ? 'preview' : ran;
  const step = steps.get(id);
  if (step === undefined || error?.kind === 'unresolved') return undefined;
  const body = bodiesByPart(step)[part];
  if (step.does.kind === 'wait' && status === 'succeeded' && body === undefined) return undefined;
  const read = fieldsRead(steps, id, part);
  const fields = ACTION_MOCKS[body?.kind ?? 'probe'].recorded(result ?? {}, read, part);
  const gated = part === 'undo' || ('effect' in step.does && step.does.effect !== 'read');
  const again = mockedResult(fields as ResultDocument, body, gated, { start: 0, end: 0 });
  const says = again.status === status && again.error?.message === error?.message;
  if (says && again.error?.kind === error?.kind) return fields;
  const { exit: _, signal: __, ...rest } = fields as Readonly<Record<string, Json>>;
  const left = result === undefined ? {} : rest;
  return { [status === 'unknown' ? 'unknown' : 'error']: recordedError(error), ...left };
}

/** Returns an error as written in a case. */
function recordedError(error: StepError | undefined): Json {
  if (error === undefined) return 'unknown';
  const { kind, message, phase, code, hint } = error;
  return defined({ kind: kind === 'none' ? 'unknown' : kind, message, phase, code, hint });
}
