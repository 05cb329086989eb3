import type { Effect, Outcome } from '../runbook/runbook.ts';
import type { StepError } from '../runbook/step-error.ts';
import type { Action } from '../safety/action.ts';
import type { BranchDecision, UsedValue } from './branch.ts';
import type { PinnedRows } from './machine-context.ts';

/** The part of a step that executes. */
export type Part = 'action' | 'preview' | 'verify';

/** What the operator can be asked for. */
export type Awaited =
  | 'start'
  | 'gate'
  | 'failure'
  | 'decision'
  | 'unknown'
  | 'answer'
  | 'report'
  | 'stopped'
  | 'stuck';

/** Start an action. The machine emits it only where I1 allows it. */
export type Execute = {
  readonly step: string;
  readonly part: Part;
  readonly visit: number;
  readonly attempt: number;
  readonly effect: Effect;
  /** The action, or why it could not be rendered: then it has failed with kind `unresolved`. */
  readonly action: Action | { readonly unresolved: string };
  /** The confirmed digest, when the action is gated. */
  readonly digest: string | undefined;
};

/** Put a gate before the operator. */
export type OpenGate = {
  readonly step: string;
  readonly title: string;
  readonly effect: Effect;
  readonly action: Action;
  readonly digest: string;
  readonly level: 'key' | 'type';
  readonly phrase: string | undefined;
  readonly warning: string | undefined;
  readonly undo: string | undefined;
  readonly preview: (PinnedRows & { readonly freshForMs: number }) | undefined;
};

/** Ask the operator. */
export type Await = {
  readonly step: string;
  readonly for: Awaited;
  readonly reason?: string | undefined;
  readonly prompt?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly secret?: boolean | undefined;
  /** The clause that could not be evaluated. */
  readonly clause?: number | undefined;
  readonly values?: readonly UsedValue[] | undefined;
  readonly error?: StepError | undefined;
  /** What `CONTINUE` would run. */
  readonly action?: Action | undefined;
  /** The step has a `verify` that can tell what became of it. */
  readonly canRecheck?: boolean | undefined;
};

/** Something the machine decided, for the record. */
export type Fact =
  | { readonly fact: 'entered'; readonly step: string; readonly visit: number }
  | {
      readonly fact: 'skipped';
      readonly step: string;
      readonly by: 'condition' | 'operator' | 'empty-preview';
      readonly reason: string;
    }
  | {
      readonly fact: 'settled';
      readonly step: string;
      readonly status: 'succeeded' | 'failed' | 'done-by-hand';
      readonly error: StepError | undefined;
    }
  | {
      readonly fact: 'branched';
      readonly step: string;
      readonly decision: BranchDecision | undefined;
      /** The clause that was taken; `null` for the next step in order. */
      readonly clause: number | null;
      readonly goto: string;
      readonly finding: string | undefined;
      readonly by: 'condition' | 'default' | 'order' | 'operator';
      readonly reason: string | undefined;
    }
  | { readonly fact: 'refused'; readonly step: string; readonly reason: string }
  | { readonly fact: 'finished'; readonly outcome: Outcome | 'aborted'; readonly summary: string };

/** Wake the machine up with `TIMER` after a while. */
export type Arm = {
  readonly step: string;
  readonly for: 'retry' | 'verify';
  readonly ms: number;
  readonly attempt: number;
};

/** What a transition asks the session to do, in order. */
export type MachineEffect =
  | { readonly type: 'executeRead'; readonly params: Execute }
  | { readonly type: 'executeChange'; readonly params: Execute }
  | { readonly type: 'openGate'; readonly params: OpenGate }
  | { readonly type: 'await'; readonly params: Await }
  | { readonly type: 'record'; readonly params: Fact }
  | { readonly type: 'arm'; readonly params: Arm };
