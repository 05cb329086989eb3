import type { Scope } from '../runbook/expression.ts';
import type { Engine } from '../runbook/runbook.ts';
import type { StepError } from '../runbook/step-error.ts';
import type { Json, Value } from '../runbook/value.ts';
import type { Action } from '../safety/action.ts';
import type { BranchDecision } from './branch.ts';

/** What expressions may know of a target. */
export type TargetFacts = {
  readonly name: string;
  readonly engine: Engine | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
  readonly user: string | null;
  /** For people, e.g. `postgres oncall@db1:5432/shop`. */
  readonly description: string;
};

/** A step as `steps.<id>` shows it: its status, and its result's fields beside. */
export type StepFacts = {
  readonly status: 'waiting' | 'succeeded' | 'failed' | 'skipped' | 'done-by-hand';
  readonly [field: string]: Value;
};

/** Rows that were read for a gate. */
export type PinnedRows = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  readonly row_count: number;
  /** When they were read (ISO). */
  readonly at: string;
};

/** A change that waits for its confirmation. */
export type PendingChange = {
  readonly action: Action;
  readonly digest: string;
  readonly phrase: string | undefined;
};

/** What the machine remembers of the visit to the step it is in. */
export type Visit = {
  /** 1 for the first execution of the action in this visit. */
  readonly attempt: number;
  /** Why the step waits for the operator although it could run by itself. */
  readonly held?: string;
  /** Why the step is passed over. */
  readonly skip?: string;
  readonly preview?: PinnedRows;
  readonly pending?: PendingChange;
  readonly result?: Readonly<Record<string, Json>>;
  readonly error?: StepError;
  readonly decision?: BranchDecision;
  /** The operator asked what became of an action whose outcome is unknown. */
  readonly rechecking?: boolean;
};

/** Everything a machine knows. */
export type MachineContext = {
  readonly run: { readonly id: string; readonly operator: string; readonly started_at: string };
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  readonly steps: Readonly<Record<string, StepFacts>>;
  readonly visits: Readonly<Record<string, number>>;
  /** Read-only steps run without waiting for the operator. */
  readonly auto: boolean;
  /** The operator asked to stop at the next safe point. */
  readonly stopping: boolean;
  readonly visit: Visit;
};

/** What a machine starts with. */
export type MachineInput = Pick<MachineContext, 'run' | 'inputs' | 'targets' | 'auto'>;

/** What `error` is in an expression when nothing failed. */
export const NO_ERROR = { kind: 'none', phase: '', code: '', message: '', hint: '' } as const;

/** Returns the names an expression of the current step can use. */
export function scopeOf(context: MachineContext): Scope {
  const { visit } = context;
  const error = visit.error;
  return {
    run: context.run,
    inputs: context.inputs,
    targets: context.targets,
    steps: context.steps,
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
    ...(visit.result === undefined ? {} : { result: withFirstRow(visit.result) }),
    ...(visit.preview === undefined ? {} : { preview: withFirstRow(visit.preview) }),
  };
}

/** Adds `row`, the first of `rows`; without rows it is missing, so that naming it decides nothing. */
function withFirstRow(result: { readonly [field: string]: Value }): Value {
  const rows = result.rows;
  const first = Array.isArray(rows) ? rows[0] : undefined;
  return first === undefined ? result : { ...result, row: first };
}
