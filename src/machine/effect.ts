import type {
  AwaitedFor,
  EventOf,
  ShownChanges,
  ShownClause,
  ShownItem,
  ShownValue,
  StepPart,
} from '#events/log/event.ts';
import type { Effect, Runbook } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Value } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { PinnedRows, TargetFacts } from './context.ts';

/** Start an action. The machine emits it only where I1 allows it. */
export type Execute = {
  readonly step: string;
  readonly part: StepPart;
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
  readonly item: ShownItem | undefined;
  /** A wait begins with it: its time counts from here. */
  readonly isFirstLook: boolean;
};

/** Put a gate before the operator. */
export type OpenGate = {
  readonly step: string;
  readonly part: 'action' | 'undo';
  readonly item: ShownItem | undefined;
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
  readonly changes: ShownChanges | undefined;
};

/** Ask the operator. */
export type Await = {
  readonly step: string;
  readonly for: AwaitedFor;
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
  readonly values?: readonly ShownValue[] | undefined;
  /** The clauses to choose from. */
  readonly clauses?: readonly ShownClause[] | undefined;
  readonly error?: StepError | undefined;
  /** What `CONTINUE` would run. */
  readonly action?: Action | undefined;
  readonly item?: ShownItem | undefined;
  /** It is an undo of the step that the question is about. */
  readonly part?: 'undo' | undefined;
};

/** An event that only says what the machine decided: it is recorded as it is. */
export type DecidedEvent = EventOf<
  | 'step.entered'
  | 'step.skipped'
  | 'step.settled'
  | 'step.undone'
  | 'item.entered'
  | 'item.settled'
  | 'child.finished'
  | 'branch.taken'
  | 'rows.spared'
  | 'run.finished'
>;

/** Say why an answer did not open its gate; the record says it with the answer. */
export type Refuse = { readonly step: string; readonly reason: string };

/** Wake the machine up with `TIMER` after a while. */
export type Arm = Omit<EventOf<'timer.armed'>, 'type'>;

/** Another runbook begins as a step: what it is given, secrets and all. */
export type Call = {
  readonly step: string;
  readonly item: ShownItem | undefined;
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
  | { readonly type: 'record'; readonly params: DecidedEvent }
  | { readonly type: 'refuse'; readonly params: Refuse }
  | { readonly type: 'arm'; readonly params: Arm }
  | { readonly type: 'call'; readonly params: Call };
