import { decide, type Expression, evaluate, type Scope } from '#runbook/expression/cel.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import { jsonOf } from '#safety/actions/json-of.ts';
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
    ...valuesOf(step.runbook, { inputs: frame.inputs, targets: frame.targets }),
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
function valuesOf({ values = [] }: Runbook, scope: Scope): Scope {
  if (values.length === 0) return {};
  const computed: Record<string, Value> = {};
  for (const { name, expression } of values) {
    const evaluation = evaluate(expression, { ...scope, values: computed });
    if (evaluation.ok) computed[name] = evaluation.value;
  }
  return { values: computed };
}

/** The longest output, as JSON: what is longer is missing. */
const LONGEST_OUTPUT = 65_536;

/** Returns what a runbook that ran as a step gives back; what cannot be computed is missing. */
export function outputsOf(
  { run, frames }: MachineContext,
  id: string,
  runbook: Runbook,
): Readonly<Record<string, Json>> {
  const frame = frames[id];
  if (frame === undefined) return {};
  const { inputs, targets, steps } = frame;
  const known = { run, inputs, targets, steps, ...valuesOf(runbook, { inputs, targets }) };
  const given: Record<string, Json> = {};
  for (const { name, expression } of runbook.outputs ?? []) {
    const evaluation = evaluate(expression, known);
    const value = evaluation.ok ? jsonOf(evaluation.value) : undefined;
    if (value !== undefined && JSON.stringify(value).length <= LONGEST_OUTPUT) given[name] = value;
  }
  return given;
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
function previewOf(pinned: PinnedRows): Value {
  const { isFirstSpared, spared = 0, needed: _, notNeeded: __, unresolved: ___, ...rows } = pinned;
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
