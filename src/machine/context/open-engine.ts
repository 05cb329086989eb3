import { isMysqlLike, statementFor } from '#runbook/model/engines.ts';
import { type Body, bodyTarget, type Engine } from '#runbook/model/runbook.ts';
import type { MachineContext, TargetFacts } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf } from './frames.ts';

/** Returns whether a statement has different texts for MySQL and MariaDB, or one for MariaDB only. */
export function differsByServer(body: Body | undefined): boolean {
  if (body?.kind !== 'sql') return false;
  return statementFor(body.texts, 'mysql') !== statementFor(body.texts, 'mariadb');
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
 * The server that the target leads to now selects the text. While none is known, an undo has its
 * targets as they were when the change ran.
 */
function factsOf(context: MachineContext, step: Placed, body: Body): TargetFacts | undefined {
  const target = bodyTarget(body) ?? '';
  const now = frameOf(context, step.frame).targets[target];
  const then = context.visit.undoing?.frame.targets[target];
  return now?.isConnected !== true && then?.isConnected === true ? then : now;
}
