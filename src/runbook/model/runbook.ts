import type { Expression } from '../expression/cel.ts';
import type { Template } from '../expression/template.ts';
import type { ActionKind, Body } from '../kinds/action-kinds.ts';
import type { Source, Span } from '../yaml/source.ts';
import type { InputDefinition } from './input-definition.ts';
import type { Outcome } from './outcomes.ts';
import type { ErrorKind } from './step-error.ts';
import type { TargetDefinition } from './target-definition.ts';
import type { ConfirmLevel, Effect, Phase, Severity } from './terms.ts';
import type { Json } from './value.ts';

export type { ActionKind, Body } from '../kinds/action-kinds.ts';
export type { Parse, Stdin } from '../kinds/shell.ts';
export type { SqlTexts } from '../kinds/sql.ts';
export type { StepKind } from '../kinds/step-kinds.ts';
export type { Engine } from './engines.ts';
export type { InputDefinition, InputType } from './input-definition.ts';
export type { Outcome } from './outcomes.ts';
export type { TargetDefinition } from './target-definition.ts';
export type { Effect, Phase } from './terms.ts';

/** One transition after a step. */
export type Clause = {
  readonly span: Span;
  /** Undefined on the default clause, which is the last one. */
  readonly if: Expression | undefined;
  readonly finding: Template | undefined;
  /** True if the finding is a cause of the incident. */
  readonly isCause: boolean;
  /** A step ID; without it the run continues with the next step. */
  readonly goto: string | undefined;
  /** Set if a handler of the runbook or the phase added the clause. */
  readonly isHandler?: true;
};

/** The retry policy of a failed read. */
export type Retry = {
  /** Attempts in total, the first one included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  /** The kinds of failure that are retried; empty means any but `cancelled`. */
  readonly on: readonly ErrorKind[];
};

/** The body of one kind of action. */
export type BodyOf<K extends ActionKind> = Extract<Body, { readonly kind: K }>;

/** Returns the name of the target a body runs on; requests and probes run on this machine and have none. */
export function bodyTarget(body: Body): string | undefined {
  return 'target' in body ? body.target : undefined;
}

/** A read: the gate shows what it lists, and the action receives it. */
export type Preview = {
  readonly body: Body;
  /** The author's reason for declaring as a read what cannot be proven to be one. */
  readonly readBecause: string | undefined;
  readonly maxRows: number;
  /** How many of the rows the step needs: the first ones. Without it, all. */
  readonly enough: Expression | undefined;
  /** Columns for information only: shown and recorded, but not part of what is confirmed. */
  readonly volatile: readonly string[];
  /** The place of each volatile column in the text. */
  readonly volatileAt: readonly Span[];
  /** The age from which all rows are read again on confirmation, and must be the same. */
  readonly freshForMs: number;
};

/** The confirmation a gate requires: one key, or a typed phrase (always if destructive). */
export type Confirm = {
  readonly level: ConfirmLevel;
  /** The step's ID if the author gave none. */
  readonly phrase: Template | undefined;
  readonly warning: Template | undefined;
  /** The reason why an action without a declared effect does not count as a read, in a sentence. */
  readonly notRead?: string | undefined;
};

/** A repeated read that shows whether the action worked. */
export type Verify = {
  readonly body: Body;
  /** The author's reason for declaring as a read what cannot be proven to be one. */
  readonly readBecause: string | undefined;
  readonly until: Expression;
  readonly withinMs: number;
  readonly everyMs: number;
};

/** The undo of an action, or the reason why it has none or needs none. */
export type Undo =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'action';
      readonly body: Body;
      /** Never `read`: an undo has a gate of its own. */
      readonly effect: 'change' | 'destructive';
      /** The effect the author declared; undefined if it is to be inferred. */
      readonly declared: 'change' | 'destructive' | undefined;
      readonly confirm: Confirm;
      readonly timeoutMs: number;
    };

/** A shell or SQL action or a probe, with its guards. */
export type ActionStep = {
  readonly kind: ActionKind;
  readonly body: Body;
  readonly effect: Effect;
  /** The effect the author declared; undefined if it is to be inferred. */
  readonly declared: Effect | undefined;
  /**
   * The author's reason for declaring as a read what cannot be proven to be one; shown and
   * recorded.
   */
  readonly readBecause: string | undefined;
  readonly preview: Preview | undefined;
  readonly confirm: Confirm;
  readonly expect: Expression | undefined;
  readonly verify: Verify | undefined;
  readonly undo: Undo | undefined;
  readonly retry: Retry | undefined;
  readonly timeoutMs: number;
};

/** A question to the operator. */
export type Question = {
  readonly question: Template;
  readonly answer: 'text' | 'number' | 'choice' | 'secret';
  readonly choices: readonly string[];
  /** A list of which each item is a choice. */
  readonly choicesFrom?: Expression | undefined;
};

/** One of several questions, with the name of its answer. */
export type AskedField = Question & { readonly name: string };

/** A question whose answer later steps can use. */
export type AskStep = Question & {
  readonly kind: 'ask';
  /** The input of the runbook that the answer sets; no answer leaves it unchanged. */
  readonly input?: string | undefined;
  /** The questions that follow the common one, which then has no answer of its own. */
  readonly fields?: readonly AskedField[] | undefined;
};

/** An instruction that a person carries out and reports on. */
type ManualStep = { readonly kind: 'manual'; readonly instruction: Template };

/** A pause of fixed length, or until a repeated read meets a condition. */
export type WaitStep = {
  readonly kind: 'wait';
  /** With `until`, the longest wait: after it the step fails with kind `timeout`. */
  readonly ms: number;
  readonly until: WaitUntil | undefined;
};

/** The repeated read of a wait, with its condition. */
type WaitUntil = {
  /** Read-only. */
  readonly body: Body;
  /** The author's reason for declaring as a read what cannot be proven to be one. */
  readonly readBecause: string | undefined;
  readonly condition: Expression;
  readonly everyMs: number;
  /** The time limit of one read. */
  readonly timeoutMs: number;
};

/** Another runbook as one step; its result has `outcome`, `findings` and `continue_with`. */
export type RunbookStep = {
  readonly kind: 'runbook';
  readonly runbook: Runbook;
  /** The inputs it receives; a template that is one placeholder keeps the type of its value. */
  readonly with: Readonly<Record<string, Template | Json>>;
};

/** Read-only steps that run concurrently; each is available as `steps.<id>` like any other. */
export type ParallelStep = { readonly kind: 'parallel'; readonly steps: readonly BranchStep[] };

/** A read inside a `parallel` step: it has no transitions, no gate and no repetition of its own. */
export type BranchStep = Step & { readonly does: ActionStep & { readonly effect: 'read' } };

/** A step repeated for every item of a list, in order; reads may run concurrently. */
export type ForEach = {
  readonly items: Expression;
  /** The name of the item in expressions; `item` if the author gave none. */
  readonly as: string;
  /** The number of concurrent executions; more than 1 only for reads. */
  readonly concurrency: number;
  /** The number of items that may fail before the operator is asked. */
  readonly maxFailures: number;
  /** Whether each item has a gate, or all have one. */
  readonly gate: 'each' | 'all';
};

/** The end of a run. */
export type FinishStep = {
  readonly kind: 'finish';
  readonly outcome: Outcome;
  readonly summary: Template;
  /** The checks that a resolved run has left to do. */
  readonly unchecked: Template | undefined;
  /** The name of the runbook to run next. */
  readonly continueWith: string | undefined;
};

/** One step of a runbook. */
export type Step = {
  readonly id: string;
  readonly title: string;
  readonly why: string | undefined;
  readonly phase: Phase;
  readonly span: Span;
  readonly if: Expression | undefined;
  readonly forEach: ForEach | undefined;
  readonly next: readonly Clause[];
  /** The number of times a run may enter this step before the operator is asked. */
  readonly maxVisits: number;
  /** Set for a step of `finally`, which runs however the steps before it ended. */
  readonly isFinal?: true;
  readonly does:
    | ActionStep
    | AskStep
    | ManualStep
    | WaitStep
    | RunbookStep
    | ParallelStep
    | FinishStep;
};

/** A requirement that is checked before the first step. */
export type Prerequisite = {
  readonly text: string;
  /** A read that checks the requirement, run before the first step; it fails if it is not met. */
  readonly check: Step | undefined;
};

/** A value that is computed by an expression. */
export type ComputedValue = { readonly name: string; readonly expression: Expression };

/** A text that log lines are classified by. */
export type Symptom = { readonly text: string } | { readonly pattern: string };

/** The use of a fragment or template at a place; `of` is the place of its definition. */
export type LibraryUse = { readonly at: Span; readonly of: Span };

/** A runbook whose names, placeholders and expressions have all been checked. */
export type Runbook = {
  readonly source: Source;
  readonly name: string;
  readonly title: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly impact: string | undefined;
  readonly symptoms: readonly Symptom[];
  readonly prerequisites: readonly Prerequisite[];
  readonly inputs: readonly InputDefinition[];
  /** In the order in which they are computed. */
  readonly values?: readonly ComputedValue[];
  readonly targets: readonly TargetDefinition[];
  readonly steps: readonly Step[];
  /** Values for a runbook that runs it as a step. */
  readonly outputs?: readonly ComputedValue[];
  readonly prevention: readonly string[];
  readonly related: readonly string[];
  /** Its uses of library files, if any. */
  readonly uses?: readonly LibraryUse[];
  /** The secrets that its text holds, if any, by the names of their masks. */
  readonly literals?: readonly { readonly name: string; readonly value: string }[];
};
