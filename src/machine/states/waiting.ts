import { assertEvent } from 'xstate';
import { decide } from '#runbook/expression/cel.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { visitOf } from '../context/frames.ts';
import { checkOf } from '../context/rendering.ts';
import { scopeOf } from '../context/scope.ts';
import type { MachineContext } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { connectsFirst, execute, failWith, type Of, of } from '../step-of.ts';
import type { Body } from './body.ts';
import { BUSY } from './leaving.ts';
import { lookAgain } from './looking.ts';

/** Returns the body of a wait step: a pause, or repeated checks until the condition is true. */
export function waitBody(step: Placed, isDryRun: boolean): Body {
  const keepError = { type: 'keepError' as const, params: of(step) };
  const until = step.does.kind === 'wait' ? step.does.until : undefined;
  if (until !== undefined) return untilBody(step, until.everyMs);
  if (isDryRun) return { first: 'simulated', byItself: 'mayRun', states: {} };
  const running = {
    entry: execute(step, 'action'),
    on: {
      ...BUSY,
      SUCCEEDED: { target: 'succeeded', actions: { type: 'keepResult', params: of(step) } },
      FAILED: { target: 'failed', actions: keepError },
      UNKNOWN: { target: 'failed', actions: keepError },
      INTERRUPTED: { target: 'running', reenter: true },
    },
  } as const;
  return { first: 'running', byItself: 'mayRun', states: { running } };
}

/**
 * A failed or undecided check does not end the wait: checks are repeated until the time limit, and
 * the failure reports the last one.
 */
function untilBody(step: Placed, everyMs: number): Body {
  const again = lookAgain(step, everyMs);
  const keepError = { type: 'keepError' as const, params: of(step) };
  const countLook = { type: 'countAttempt' as const, params: of(step) };
  const keepLook = { type: 'keepLook' as const, params: of(step) };
  const stopped = failWith(step, 'stopped before it was true', 'cancelled');
  const overdue = {
    type: 'fail' as const,
    params: ({ context, event }: Of) => ({
      ...of(step),
      error: overdueError(context, event, step),
    }),
  };
  return {
    first: 'looking',
    byItself: 'mayRun',
    states: {
      looking: {
        entry: execute(step, 'verify'),
        on: {
          ...BUSY,
          SUCCEEDED: [
            ...connectsFirst(step, 'verify', 'looking'),
            {
              guard: { type: 'isVerified', params: of(step) },
              target: 'succeeded',
              actions: keepLook,
            },
            { ...again, actions: [again.actions, keepLook, countLook] },
            { guard: 'isStopping', target: 'failed', actions: [keepLook, stopped] },
            { target: 'failed', actions: [keepLook, overdue] },
          ],
          FAILED: [
            { ...again, actions: [again.actions, countLook] },
            { target: 'failed', actions: keepError },
          ],
          UNKNOWN: { target: 'failed', actions: keepError },
          INTERRUPTED: { target: 'looking', reenter: true },
        },
      },
      pausing: {
        on: {
          TIMER: 'looking',
          CONTINUE: 'looking',
          INTERRUPTED: 'looking',
          STOP: { target: 'failed', actions: ['stop', stopped] },
        },
      },
    },
  };
}

function overdueError(context: MachineContext, event: Of['event'], step: Placed): StepError {
  const check = checkOf(step);
  const text = check?.until.text ?? '';
  const visit = visitOf(context, step.slot);
  assertEvent(event, 'SUCCEEDED');
  const { result } = event;
  const decision = check && decide(check.until, scopeOf(context, step, { ...visit, result }));
  const message =
    decision?.value === undefined
      ? `cannot tell whether it is over: ${text}: ${decision?.reason ?? ''}`
      : `not true in time: ${text}`;
  return { kind: 'timeout', message };
}
