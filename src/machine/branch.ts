import type { ShownClause, ShownValue } from '#events/log/event.ts';
import { decide, type Expression, type Scope } from '#runbook/expression/cel.ts';
import { renderForPeople, renderText, type Template } from '#runbook/expression/template.ts';
import { defined } from '#runbook/model/defined.ts';
import type { Clause, Step } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { jsonOf } from '#safety/actions/json-of.ts';

/** The decision of `next`. */
export type BranchDecision =
  /** A clause's condition is true, or it is the default. */
  | {
      readonly kind: 'clause';
      readonly clause: number;
      readonly finding: string | undefined;
      readonly values: readonly ShownValue[];
    }
  /** No clause is true: the run continues with the next step. */
  | { readonly kind: 'order'; readonly values: readonly ShownValue[] }
  /** No clause names the failure of the step: the operator decides. */
  | { readonly kind: 'none' }
  /** A condition has no truth value: the operator decides. */
  | {
      readonly kind: 'undecidable';
      readonly clause: number;
      readonly reason: string;
      readonly values: readonly ShownValue[];
    };

/**
 * Evaluates `next`. After a failure only clauses that name `error` count, so that a probe that
 * could not run never takes a branch meant for its result; the default clause does not count
 * either.
 */
export function decideNext(
  step: Step,
  scope: Scope,
  status: 'succeeded' | 'failed' | 'skipped',
): BranchDecision {
  const seen: ShownValue[] = [];
  for (const [index, clause] of step.next.entries()) {
    if (!counts(clause, status)) continue;
    if (clause.if === undefined) return byDefault(index, clause, scope, seen, status);
    const values = valuesOf(clause.if, scope);
    const decision = decide(clause.if, scope);
    if (decision.value === undefined)
      return { kind: 'undecidable', clause: index, reason: decision.reason, values };
    if (decision.value) return taken(index, clause.finding, scope, values);
    for (const value of values) if (!seen.some(({ name }) => name === value.name)) seen.push(value);
  }
  return status === 'failed' ? { kind: 'none' } : { kind: 'order', values: seen };
}

/** Returns the names that a condition reads with their values; missing ones are omitted. */
export function valuesOf(expression: Expression, scope: Scope): readonly ShownValue[] {
  const values: ShownValue[] = [];
  for (const { path } of expression.names) {
    const name = path.join('.');
    const value = lookUp(scope, path);
    if (value !== undefined && !values.some((other) => other.name === name))
      values.push({ name, value: jsonOf(value) });
  }
  return values;
}

/** Returns a clause for display. */
export function shownClause({ if: condition, goto, finding }: Clause): ShownClause {
  return defined({ condition: condition?.text, goto, finding: finding?.text });
}

function counts(clause: Clause, status: 'succeeded' | 'failed' | 'skipped'): boolean {
  if (status === 'succeeded') return true;
  if (status === 'skipped') return clause.if === undefined;
  return clause.if?.names.some(({ path }) => path[0] === 'error') ?? false;
}

/** Takes a default clause; after a skip, drops a finding whose values are missing. */
function byDefault(
  index: number,
  clause: Clause,
  scope: Scope,
  seen: readonly ShownValue[],
  status: 'succeeded' | 'failed' | 'skipped',
): BranchDecision {
  const { finding } = clause;
  const hasHoles = finding !== undefined && !renderText(finding, scope).ok;
  return taken(index, status === 'skipped' && hasHoles ? undefined : finding, scope, seen);
}

function taken(
  index: number,
  said: Template | undefined,
  scope: Scope,
  values: readonly ShownValue[],
): BranchDecision {
  const finding = said && renderForPeople(said, scope);
  return { kind: 'clause', clause: index, finding, values };
}

function lookUp(scope: Scope, path: readonly string[]): Value | undefined {
  let value: Value | undefined = scope;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    const fields = value as { readonly [key: string]: Value };
    value = Object.hasOwn(fields, part) ? fields[part] : undefined;
  }
  return value;
}
