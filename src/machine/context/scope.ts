import { decide, type Expression, evaluate, type Scope } from '#runbook/expression/cel.ts';
import type { Value } from '#runbook/model/value.ts';
import type { MachineContext, PinnedRows, Visit } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf, visitOf } from './frames.ts';
import { itemsOfRows, linesOfRows } from './preview-rows.ts';

/** The value of `error` in an expression after a success. */
const NO_ERROR = { kind: 'none', phase: '', code: '', message: '', hint: '' } as const;

/** Returns the names in scope of a step's expressions; `visit` is the step's own by default. */
export function scopeOf(context: MachineContext, step: Placed, visit?: Visit): Scope {
  const own = visit ?? visitOf(context, step.slot);
  const frame = own.undoing?.frame ?? frameOf(context, step.frame);
  const { error, result, preview } = own;
  return {
    run: context.run,
    inputs: frame.inputs,
    targets: frame.targets,
    ...valuesOf(step, { inputs: frame.inputs, targets: frame.targets }),
    steps: frame.steps,
    error:
      error === undefined
        ? NO_ERROR
        : {
            ...NO_ERROR,
            kind: error.kind,
            message: error.message,
            phase: error.phase ?? '',
            code: error.code ?? '',
            hint: error.hint ?? '',
          },
    ...(result === undefined ? {} : { result: withFirstRow(result) }),
    ...(preview === undefined ? {} : { preview: previewOf(preview) }),
    ...itemOf(step, own, context),
  };
}

/** A value that cannot be computed is missing: what needs it has no value either. */
function valuesOf({ runbook: { values = [] } }: Placed, scope: Scope): Scope {
  if (values.length === 0) return {};
  const computed: Record<string, Value> = {};
  for (const { name, expression } of values) {
    const evaluation = evaluate(expression, { ...scope, values: computed });
    if (evaluation.ok) computed[name] = evaluation.value;
  }
  return { values: computed };
}

/** Returns whether a condition is true for a result that the step does not have yet. */
export function isTrueOf(
  context: MachineContext,
  step: Placed,
  condition: Expression,
  result: NonNullable<Visit['result']>,
): boolean {
  const visit = { ...visitOf(context, step.slot), result };
  return decide(condition, scopeOf(context, step, visit)).value === true;
}

/** The item of a repeated step, under its declared name. */
function itemOf({ forEach }: Placed, visit: Visit, context: MachineContext): Scope {
  if (forEach === undefined || visit.item === undefined) return {};
  const { loop } = visit.undoing?.visit ?? context.visit;
  const value = loop?.items[visit.item.index - 1];
  return value === undefined ? {} : { [forEach.as]: value };
}

/** If the first row was spared, no other takes its place. */
function previewOf({ isFirstSpared, spared = 0, ...rows }: PinnedRows): Value {
  const lines = linesOfRows(rows);
  const preview = {
    ...rows,
    spared,
    ...(lines === undefined ? { json: itemsOfRows(rows) } : { lines }),
  };
  return isFirstSpared === true ? preview : withFirstRow(preview);
}

/**
 * Adds `row`, the first of `rows`; without rows it is missing, so that a condition on it has no
 * value.
 */
function withFirstRow(result: { readonly [field: string]: Value }): Value {
  const rows = result.rows;
  const first = Array.isArray(rows) ? rows[0] : undefined;
  return first === undefined ? result : { ...result, row: first };
}
