import { isMysqlLike } from '#runbook/model/engines.ts';
import { type Body, bodyTarget, type Engine } from '#runbook/model/runbook.ts';
import type { MachineContext, TargetFacts } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf } from './frames.ts';

/** Returns whether a statement has different texts for MySQL and MariaDB. */
export function differsByServer(body: Body | undefined): boolean {
  if (body?.kind !== 'sql') return false;
  const { mysql, mariadb } = body.texts;
  return mysql !== undefined && mariadb !== undefined;
}

/** Returns the engine that selects the text of a part, as far as it is known. */
export function engineOf(context: MachineContext, step: Placed, body: Body): Engine | undefined {
  return factsOf(context, step, body)?.engine ?? undefined;
}

/**
 * Returns whether the text of a statement can only be chosen after connecting: a `mysql:` URL may
 * lead to MariaDB as well, and only the server tells which it is.
 */
export function isEngineOpen(context: MachineContext, step: Placed, body: Body): boolean {
  if (!differsByServer(body)) return false;
  const facts = factsOf(context, step, body);
  if (facts === undefined || facts.isConnected === true) return false;
  return isMysqlLike(facts.engine);
}

/**
 * An undo has its targets as they were when the change ran; one not connected then may be known
 * now.
 */
function factsOf(context: MachineContext, step: Placed, body: Body): TargetFacts | undefined {
  const target = bodyTarget(body) ?? '';
  const { undoing } = context.visit;
  const then = undoing?.frame.targets[target];
  if (then?.isConnected === true) return then;
  return frameOf(context, step.frame).targets[target];
}
