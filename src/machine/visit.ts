import { decide } from '../runbook/expression.ts';
import { type ActionStep, bodyTarget, type Step } from '../runbook/runbook.ts';
import type { StepError } from '../runbook/step-error.ts';
import { renderForPeople, renderText } from '../runbook/template.ts';
import { digestOf, type Hash } from '../safety/digest.ts';
import { renderAction } from '../safety/render-action.ts';
import { decideNext } from './branch.ts';
import type { Execute, OpenGate, Part } from './effect.ts';
import { type MachineContext, type StepFacts, scopeOf, type Visit } from './machine-context.ts';

/** Returns the context on entering a step: a new visit, and whether the step runs, is skipped or asks. */
export function enterStep(context: MachineContext, step: Step): MachineContext {
  const visits = (context.visits[step.id] ?? 0) + 1;
  const entered = {
    ...context,
    visits: { ...context.visits, [step.id]: visits },
    visit: { attempt: 1 },
  };
  return { ...entered, visit: { attempt: 1, ...hold(entered, step, visits) } };
}

function hold(context: MachineContext, step: Step, visits: number): Partial<Visit> {
  if (visits > step.maxVisits)
    return { held: `the run has been here ${step.maxVisits} times already` };
  if (step.if === undefined) return {};
  const decision = decide(step.if, scopeOf(context));
  if (decision.value === undefined)
    return { held: `cannot tell whether to run it: ${step.if.text}: ${decision.reason}` };
  return decision.value ? {} : { skip: `${step.if.text} is false` };
}

/** Returns the context with the step's own result settled under `steps.<id>` and `next` decided. */
export function settleStep(
  context: MachineContext,
  step: Step,
  status: Exclude<StepFacts['status'], 'waiting'>,
): MachineContext {
  const { result, error } = context.visit;
  const facts: StepFacts = {
    ...(result ?? {}),
    ...firstRow(result),
    ...(error === undefined ? {} : { error: { ...error } }),
    status,
  };
  const settled = { ...context, steps: { ...context.steps, [step.id]: facts } };
  const outcome = status === 'done-by-hand' ? 'succeeded' : status;
  const decision = decideNext(step, scopeOf(settled), outcome);
  return { ...settled, visit: { ...settled.visit, decision } };
}

function firstRow(result: Visit['result']): { row?: StepFacts[string] } {
  const rows = result?.rows;
  const row = Array.isArray(rows) ? rows[0] : undefined;
  return row === undefined ? {} : { row };
}

/** Returns what to execute for a part of a step, rendered now. */
export function executionOf(
  context: MachineContext,
  step: Step & { readonly does: ActionStep },
  part: Part,
): Execute {
  const { body, readOnly } = partOf(step.does, part);
  const rendered = renderAction(body, scopeOf(context), {
    readOnly,
    timeoutMs: step.does.timeoutMs,
    engine: context.targets[bodyTarget(body) ?? '']?.engine ?? undefined,
  });
  return {
    step: step.id,
    part,
    visit: context.visits[step.id] ?? 1,
    attempt: context.visit.attempt,
    effect: part === 'action' ? step.does.effect : 'read',
    action: rendered.ok ? rendered.value : { unresolved: rendered.reason },
    digest: undefined,
  };
}

function partOf(does: ActionStep, part: Part) {
  if (part === 'preview' && does.preview !== undefined)
    return { body: does.preview.body, readOnly: true };
  if (part === 'verify' && does.verify !== undefined)
    return { body: does.verify.body, readOnly: true };
  return { body: does.body, readOnly: does.effect === 'read' };
}

/** Returns the context with the change rendered and its digest taken, or with the error that forbids it. */
export function proposeChange(
  context: MachineContext,
  step: Step & { readonly does: ActionStep },
  hash: Hash,
): MachineContext {
  const refuse = (error: StepError): MachineContext => {
    const { pending: _, ...visit } = context.visit;
    return { ...context, visit: { ...visit, error } };
  };
  const { preview } = context.visit;
  const maxRows = step.does.preview?.maxRows ?? 0;
  if (preview !== undefined && preview.row_count > maxRows) {
    const message = `the preview has ${preview.row_count} rows, more than the ${maxRows} this step may touch`;
    const hint = 'narrow it down, or act on these by hand';
    return refuse({ kind: 'too_many_rows', message, hint });
  }
  const { action } = executionOf(context, step, 'action');
  if ('unresolved' in action) return refuse({ kind: 'unresolved', message: action.unresolved });
  const phrase = phraseOf(context, step);
  if (!phrase.ok) return refuse({ kind: 'unresolved', message: phrase.reason });
  const where = context.targets[bodyTarget(step.does.body) ?? '']?.description ?? 'here';
  const confirmed = { step: step.id, action, where, rows: preview?.rows ?? [] };
  const pending = { action, digest: digestOf(confirmed, hash), phrase: phrase.value };
  const { error: _, ...visit } = context.visit;
  return { ...context, visit: { ...visit, pending } };
}

function phraseOf(context: MachineContext, step: Step & { readonly does: ActionStep }) {
  const { level, phrase } = step.does.confirm;
  if (level === 'key') return { ok: true, value: undefined } as const;
  if (phrase === undefined) return { ok: true, value: step.id } as const;
  const rendered = renderText(phrase, scopeOf(context));
  if (!rendered.ok) return rendered;
  return rendered.value.trim() === ''
    ? ({ ok: false, reason: `the phrase "${phrase.text}" is empty` } as const)
    : ({ ok: true, value: rendered.value.trim() } as const);
}

/** Returns the gate for the change that is pending. */
export function gateOf(
  context: MachineContext,
  step: Step & { readonly does: ActionStep },
): OpenGate | undefined {
  const { pending, preview } = context.visit;
  const { confirm, undo, effect } = step.does;
  if (pending === undefined) return undefined;
  const freshForMs = step.does.preview?.freshForMs ?? 0;
  return {
    step: step.id,
    title: step.title,
    effect,
    action: pending.action,
    digest: pending.digest,
    level: confirm.level,
    phrase: pending.phrase,
    warning: confirm.warning && renderForPeople(confirm.warning, scopeOf(context)),
    undo: undo?.kind === 'none' ? undo.reason : undefined,
    preview: preview === undefined ? undefined : { ...preview, freshForMs },
  };
}
