import type { RunOutcome } from '#runbook/model/outcomes.ts';
import type { Effect, Runbook } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Value } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { BranchDecision, UsedValue } from './branch.ts';
import type { GateChanges, ItemPlace, PinnedRows, SettledStatus, TargetFacts } from './context.ts';

/** The part of a step that executes. */
export type Part = 'action' | 'preview' | 'recheck' | 'verify' | 'undo';

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
  /** The digest of what runs, when the action is gated. */
  readonly digest: string | undefined;
  /** The digest that was confirmed; that of what runs, unless rows were spared. */
  readonly confirmed?: string | undefined;
  /** The server it was confirmed for: on another one it does not run. */
  readonly server?: string | undefined;
  readonly item: ItemPlace | undefined;
  /** A wait begins with it: its time counts from here. */
  readonly isFirstLook: boolean;
};

/** Put a gate before the operator. */
export type OpenGate = {
  readonly step: string;
  readonly part: 'action' | 'undo';
  readonly item: ItemPlace | undefined;
  /** A dry run: nothing runs, whatever is answered. */
  readonly simulated: boolean;
  readonly title: string;
  readonly effect: Effect;
  readonly action: Action;
  /** What is known of the target of the action. */
  readonly target: TargetFacts | undefined;
  readonly digest: string;
  readonly level: 'key' | 'type';
  readonly phrase: string | undefined;
  readonly warning: string | undefined;
  /** Why it is not taken for a read, where nobody said what it does. */
  readonly notRead: string | undefined;
  readonly undo: string | undefined;
  readonly preview: (PinnedRows & { readonly freshForMs: number }) | undefined;
  /** What is different from the gate that was put before this one. */
  readonly changes: GateChanges | undefined;
};

/** Ask the operator. */
export type Await = {
  readonly step: string;
  readonly for: Awaited;
  readonly reason?: string | undefined;
  readonly prompt?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly secret?: boolean | undefined;
  /** The input that the answer is the value of. */
  readonly input?: string | undefined;
  /** The login that failed is the operator's own. */
  readonly login?: boolean | undefined;
  /** The clause that could not be evaluated. */
  readonly clause?: number | undefined;
  readonly values?: readonly UsedValue[] | undefined;
  readonly error?: StepError | undefined;
  /** What `CONTINUE` would run. */
  readonly action?: Action | undefined;
  /** The step has a `verify` that can tell what became of it. */
  readonly canRecheck?: boolean | undefined;
  readonly item?: ItemPlace | undefined;
  /** It is an undo of the step that the question is about. */
  readonly part?: 'undo' | undefined;
};

/** A row that was confirmed and is left alone, since it is not what was shown any more. */
export type SparedRow = {
  readonly row: PinnedRows['rows'][number];
  /** What it is now; missing when it was not found any more. */
  readonly now?: PinnedRows['rows'][number];
};

/** Something the machine decided, for the record. */
export type Fact =
  | { readonly fact: 'entered'; readonly step: string; readonly visit: number }
  | {
      readonly fact: 'skipped';
      readonly step: string;
      readonly by: 'condition' | 'operator' | 'empty-preview' | 'spared' | 'no-items';
      readonly reason: string;
    }
  | {
      readonly fact: 'settled';
      readonly step: string;
      readonly status: Exclude<SettledStatus, 'skipped'>;
      readonly error: StepError | undefined;
    }
  | { readonly fact: 'item-entered'; readonly step: string; readonly item: ItemPlace }
  | {
      readonly fact: 'item-settled';
      readonly step: string;
      readonly item: ItemPlace;
      readonly status: SettledStatus;
      readonly error: StepError | undefined;
      /** Why it was skipped. */
      readonly reason: string | undefined;
    }
  | {
      readonly fact: 'undone';
      readonly step: string;
      readonly item: ItemPlace | undefined;
      readonly by: 'action' | 'hand';
      readonly evidence: string | undefined;
    }
  | {
      readonly fact: 'child-finished';
      readonly step: string;
      readonly outcome: string;
      readonly summary: string;
      readonly findings: readonly string[];
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
  | {
      readonly fact: 'spared';
      readonly step: string;
      readonly item: ItemPlace | undefined;
      readonly columns: readonly string[];
      readonly rows: readonly SparedRow[];
      /** How many rows it acts on all the same. */
      readonly left: number;
    }
  | { readonly fact: 'refused'; readonly step: string; readonly reason: string }
  | { readonly fact: 'finished'; readonly outcome: RunOutcome; readonly summary: string };

/** Wake the machine up with `TIMER` after a while. */
export type Arm = {
  readonly step: string;
  readonly for: 'retry' | 'verify';
  readonly ms: number;
  readonly attempt: number;
  readonly item: ItemPlace | undefined;
};

/** Another runbook begins as a step: what it is given, secrets and all. */
export type Call = {
  readonly step: string;
  readonly item: ItemPlace | undefined;
  readonly runbook: Runbook;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, TargetFacts>>;
};

/** What a transition asks the session to do, in order. */
export type MachineEffect =
  | { readonly type: 'executeRead'; readonly params: Execute }
  | { readonly type: 'executeChange'; readonly params: Execute }
  | { readonly type: 'openGate'; readonly params: OpenGate }
  | { readonly type: 'await'; readonly params: Await }
  | { readonly type: 'record'; readonly params: Fact }
  | { readonly type: 'arm'; readonly params: Arm }
  | { readonly type: 'call'; readonly params: Call };
