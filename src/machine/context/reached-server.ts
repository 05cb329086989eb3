import { type Body, bodyTarget } from '#runbook/model/runbook.ts';
import type { MachineContext } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf } from './frames.ts';

/** Returns the server that a body would reach now, where the run knows it. */
export function serverOf(
  context: MachineContext,
  step: Placed,
  body: Body | undefined,
): string | undefined {
  const target = body && bodyTarget(body);
  return target === undefined ? undefined : frameOf(context, step.frame).targets[target]?.server;
}

/** Returns true when both servers are known and are not the same. */
export function isOtherServer(then: string | undefined, now: string | undefined): boolean {
  return then !== undefined && now !== undefined && then !== now;
}
