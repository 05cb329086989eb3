import { type Body, bodyTarget } from '#runbook/model/runbook.ts';
import type { MachineContext } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf } from './frames.ts';

/** Returns the current server of a body's target, if known. */
export function serverOf(
  context: MachineContext,
  step: Placed,
  body: Body | undefined,
): string | undefined {
  const target = body && bodyTarget(body);
  return target === undefined ? undefined : frameOf(context, step.frame).targets[target]?.server;
}

/** Returns true if both servers are known and differ. */
export function isOtherServer(then: string | undefined, now: string | undefined): boolean {
  return then !== undefined && now !== undefined && then !== now;
}
