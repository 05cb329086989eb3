import type { StepPart } from '#events/log/event.ts';
import { renderForPeople } from '#runbook/expression/template.ts';
import {
  type Body,
  bodyTarget,
  type Confirm,
  type Undo,
  type Verify,
} from '#runbook/model/runbook.ts';
import { renderAction, rulesOf } from '#safety/kinds/rules.ts';
import type { MachineContext, TargetFacts } from '../context.ts';
import type { Execute, OpenGate } from '../effect.ts';
import { type Acting, type Placed, qualified } from '../placed-step.ts';
import { frameOf, visitOf } from './frames.ts';
import { engineOf, isEngineOpen } from './open-engine.ts';
import { scopeOf } from './scope.ts';

/**
 * Returns the repeated read of a step with its condition: a verification, or a conditional wait.
 */
export function checkOf({ does }: Placed): Verify | undefined {
  if (does.kind === 'wait') {
    if (does.until === undefined) return undefined;
    const { body, readBecause, condition, everyMs } = does.until;
    return { body, readBecause, until: condition, withinMs: does.ms, everyMs };
  }
  return 'body' in does ? does.verify : undefined;
}

/** Returns the execution of a part of a step, rendered now. */
export function executionOf(context: MachineContext, step: Placed, part: StepPart): Execute {
  const visit = visitOf(context, step.slot);
  const frame = visit.undoing?.frame ?? frameOf(context, step.frame);
  return {
    step: step.id,
    part,
    visit: frame.visits[step.name] ?? 1,
    attempt: visit.attempt,
    effect: effectOf(step, part),
    action: rendered(context, step, part),
    digest: undefined,
    item: visit.item,
    isFirstLook: step.does.kind === 'wait' && visit.attempt === 1,
  };
}

function rendered(context: MachineContext, step: Placed, part: StepPart): Execute['action'] {
  const { does } = step;
  if (does.kind === 'wait' && part === 'action') return { kind: 'wait', ms: does.ms };
  const acting = partOf(step, part);
  if (acting === undefined) return { unresolved: `the step has no ${part}` };
  const { body, timeoutMs } = acting;
  if (isEngineOpen(context, step, body)) {
    const target = qualified(step.frame, bodyTarget(body) ?? '');
    return { kind: 'connect', target, timeoutMs };
  }
  const action = renderAction(body, scopeOf(context, step), {
    readOnly: effectOf(step, part) === 'read',
    timeoutMs,
    engine: engineOf(context, step, body),
    preview: part === 'action' && 'preview' in does ? does.preview : undefined,
  });
  if (!action.ok) return { unresolved: action.reason };
  if (!('target' in action.value)) return action.value;
  return { ...action.value, target: qualified(step.frame, action.value.target) };
}

function effectOf({ does }: Placed, part: StepPart): Execute['effect'] {
  switch (part) {
    case 'undo':
      return undoOf(does)?.effect ?? 'change';
    case 'preview':
    case 'recheck':
    case 'verify':
      return 'read';
    case 'action':
      if (does.kind === 'wait') return 'read';
      return 'effect' in does ? does.effect : 'change';
  }
}

/** Returns the body of a part of a step with its time limit; undefined if it has none. */
export function partOf(
  step: Placed,
  part: StepPart,
): { readonly body: Body; readonly timeoutMs: number } | undefined {
  const { does } = step;
  if (does.kind === 'wait') return does.until;
  if (!('body' in does)) return undefined;
  const { timeoutMs } = does;
  if (part === 'undo') return undoOf(does);
  const { body } =
    part === 'preview' || part === 'recheck'
      ? (does.preview ?? does)
      : part === 'verify'
        ? (does.verify ?? does)
        : does;
  return { body, timeoutMs };
}

/** Returns the action that undoes a step, if any. */
export function undoOf(does: Placed['does']): Extract<Undo, { kind: 'action' }> | undefined {
  return 'undo' in does && does.undo?.kind === 'action' ? does.undo : undefined;
}

/** Returns the facts of the target of a body; an undo has those of its change. */
export function targetFactsOf(
  context: MachineContext,
  step: Acting,
  body: Body,
): TargetFacts | undefined {
  const frame = context.visit.undoing?.frame ?? frameOf(context, step.frame);
  return frame.targets[bodyTarget(body) ?? ''];
}

/** Returns the part of a step that its gate is about. */
export function changeOf(
  { does }: Acting,
  part: 'action' | 'undo',
): { readonly body: Body; readonly confirm: Confirm; readonly effect: Execute['effect'] } {
  return part === 'undo' ? (undoOf(does) ?? does) : does;
}

/** Returns the gate of the pending change. */
export function gateOf(
  context: MachineContext,
  step: Acting,
  part: 'action' | 'undo',
  simulated = false,
): OpenGate | undefined {
  const { pending, preview, leftOut, item } = context.visit;
  if (pending === undefined) return undefined;
  const { body, confirm, effect } = changeOf(step, part);
  const freshForMs =
    part === 'undo' ? Number.MAX_SAFE_INTEGER : (step.does.preview?.freshForMs ?? 0);
  return {
    step: step.id,
    part,
    item: pending.all === undefined ? item : undefined,
    all: pending.all,
    ended: part === 'undo' ? undefined : context.end?.outcome,
    simulated,
    title: step.title,
    effect,
    action: pending.action,
    target: targetFactsOf(context, step, body),
    found: pending.found,
    digest: pending.digest,
    // A dry run has nothing to confirm, and no phrase.
    level: simulated || pending.phrase === undefined ? 'key' : 'type',
    phrase: simulated ? undefined : pending.phrase,
    warning: confirm.warning && renderForPeople(confirm.warning, scopeOf(context, step)),
    notRead: confirm.notRead,
    undo: part === 'undo' ? undefined : undoText(context, step),
    preview: preview === undefined ? undefined : { ...preview, freshForMs },
    leftOut: part === 'undo' ? undefined : leftOut?.rows,
    changes: pending.changes,
    unsettled: pending.unsettled,
  };
}

/** Describes the undo of a change: its action, or the reason why there is none. */
function undoText(context: MachineContext, step: Acting): string | undefined {
  const { undo } = step.does;
  if (undo === undefined) return undefined;
  if (undo.kind === 'none') return undo.reason;
  if (context.visit.pending?.all !== undefined) return 'Each of them can be undone afterwards.';
  const { body } = undo;
  if (isEngineOpen(context, step, body))
    return 'It can be undone afterwards; the statement depends on whether the server is MySQL or MariaDB.';
  const told = rulesOf(body.kind).tell(body, scopeOf(context, step), engineOf(context, step, body));
  return `It can be undone afterwards: ${told.trim()}`;
}
