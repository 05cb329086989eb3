import { decide } from '#runbook/expression/cel.ts';
import { bodyTarget } from '#runbook/model/runbook.ts';
import { bodiesOf } from '#runbook/model/step-bodies.ts';
import type { ErrorKind } from '#runbook/model/step-error.ts';
import { decideNext } from '../branch.ts';
import type { MachineContext, SettledStatus, Visit } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf, inFrame, visitOf, withFrame, withVisit } from './frames.ts';
import { itemsOf } from './items.ts';
import { scopeOf } from './scope.ts';
import { factsOf } from './step-facts.ts';

/**
 * Returns the context on entering a step: a new visit, and whether the step runs, is skipped or
 * asks.
 */
export function enterStep(context: MachineContext, step: Placed): MachineContext {
  const here = inFrame(context, step.frame);
  const before = frameOf(here, step.frame).visits;
  const visits = (before[step.name] ?? 0) + 1;
  const counted = withFrame(here, step.frame, { visits: { ...before, [step.name]: visits } });
  const fresh = { ...counted, ...withVisit(counted, step.slot, { attempt: 1 }) };
  const visit = { attempt: 1, ...hold(fresh, step, visits) };
  return { ...fresh, ...withVisit(fresh, step.slot, visit) };
}

function hold(context: MachineContext, step: Placed, visits: number): Partial<Visit> {
  if (visits > step.maxVisits) return { held: { kind: 'too-many-visits', times: step.maxVisits } };
  if (step.if !== undefined) {
    const { text: condition } = step.if;
    const decision = decide(step.if, scopeOf(context, step));
    if (decision.value === undefined) {
      const problem = `cannot tell whether to run it: ${condition}: ${decision.reason}`;
      return { held: { kind: 'undecided', problem } };
    }
    if (!decision.value) return { skip: { by: 'condition', why: { kind: 'false', condition } } };
  }
  if (step.forEach === undefined) return {};
  const items = itemsOf(context, step);
  if (!items.ok) return { held: { kind: 'undecided', problem: items.reason } };
  if (items.value.length > 0) return {};
  const { text } = step.forEach.items;
  return { skip: { by: 'no-items', why: { kind: 'no-items', items: text } } };
}

/** Returns the context with the step's own result settled under `steps.<id>` and `next` decided. */
export function settleStep(
  context: MachineContext,
  step: Placed,
  status: SettledStatus,
): MachineContext {
  const visit = visitOf(context, step.slot);
  const { steps } = frameOf(context, step.frame);
  const facts = factsOf(visit, status);
  const settled = withFrame(context, step.frame, { steps: { ...steps, [step.name]: facts } });
  if (step.slot !== undefined)
    return { ...settled, ...withVisit(settled, step.slot, { ...visit, ended: status }) };
  const decision = decideNext(step, scopeOf(settled, step), countedAs(status));
  const refused = status === 'failed' && decision.kind !== 'none' && isRefusedLogin(step, visit);
  // A step that was skipped or done by hand asks no more about its login.
  const { refusedLogin: _, ...rest } = visit;
  return {
    ...settled,
    visit: { ...rest, decision, ...(refused ? { refusedLogin: true } : {}) },
  };
}

/** Returns a visit without an error, with its result if it has one. */
export function withoutError(visit: Visit, result: Visit['result']): Visit {
  const { error: _, ...rest } = visit;
  return result === undefined ? rest : { ...rest, result };
}

/** A step with a simulated change continues as a success, without a result for conditions. */
function countedAs(status: SettledStatus): 'succeeded' | 'failed' | 'skipped' {
  return status === 'done-by-hand' || status === 'simulated' ? 'succeeded' : status;
}

/** The errors of a mistyped URL; a server that is down or full is not among them. */
const MISTYPED: readonly ErrorKind[] = [
  'config',
  'dns',
  'tls',
  'auth',
  'no_database',
  'no_permission',
];

/** Returns whether a step failed because the operator's own login was rejected. */
function isRefusedLogin(step: Placed, { error }: Visit): boolean {
  if (error === undefined || error.phase === 'query' || !MISTYPED.includes(error.kind))
    return false;
  // Only a connection has a phase: without one, no login was attempted.
  if (error.phase === undefined) return false;
  const names = bodiesOf(step).map(bodyTarget);
  return step.runbook.targets.some(
    (target) =>
      target.kind === 'database' && target.login === 'operator' && names.includes(target.name),
  );
}

/** Returns the visit to a parallel step after its branches: it failed if one of them did. */
export function afterBranches(context: MachineContext, branches: readonly Placed[]): Visit {
  const { error: _, ...visit } = context.visit;
  const failed = branches.flatMap(({ title, slot }) => {
    const { error, ended } = visitOf(context, slot);
    return ended === 'failed' && error !== undefined ? [{ title, error }] : [];
  });
  const [first] = failed;
  if (first === undefined) return visit;
  const which = failed.map(({ title, error }) => `${title} (${error.kind})`).join(', ');
  const message = `${failed.length} of ${branches.length} failed: ${which}`;
  return { ...visit, error: { kind: first.error.kind, message } };
}
