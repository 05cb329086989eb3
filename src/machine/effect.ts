import type {
  AwaitedFor,
  EventOf,
  Reason,
  ShownChanges,
  ShownClause,
  ShownItem,
  ShownValue,
  StepPart,
} from '#events/log/event.ts';
import type { OutcomeCheck } from '#events/log/parts.ts';
import type { RunOutcome } from '#runbook/model/outcomes.ts';
import type { Effect, Runbook } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { ConfirmLevel } from '#runbook/model/terms.ts';
import type { Value } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { Found, ItemChange, PinnedRows, TargetFacts } from './context.ts';

/** The effect that starts an action. The machine emits it only where I1 allows it. */
export type Execute = {
  readonly step: string;
  readonly part: StepPart;
  readonly visit: number;
  readonly attempt: number;
  readonly effect: Effect;
  /** The action, or why it could not be rendered: it then fails with kind `unresolved`. */
  readonly action: Action | { readonly unresolved: string };
  /** The digest of the action, if it has a gate. */
  readonly digest: string | undefined;
  /** The confirmed digest; it differs from that of the action if rows were spared, or for several items. */
  readonly confirmed?: string | undefined;
  /** Set if it was confirmed at one gate with other items. */
  readonly isTogether?: boolean;
  /** The server it was confirmed for: it does not run on another one. */
  readonly server?: string | undefined;
  readonly item: ShownItem | undefined;
  /** The first check of a wait, from which its time counts. */
  readonly isFirstLook: boolean;
};

/** The effect that opens a gate. */
export type OpenGate = {
  readonly step: string;
  readonly part: 'action' | 'undo';
  readonly item: ShownItem | undefined;
  /** The changes of all items that the gate is for; undefined if it is for one. */
  readonly all?: readonly ItemChange[] | undefined;
  /** How the run has ended; set at the gates of `finally`. */
  readonly ended?: RunOutcome | undefined;
  /** A dry run: nothing runs, whatever the answer. */
  readonly simulated: boolean;
  readonly title: string;
  readonly effect: Effect;
  readonly action: Action;
  /** The facts of the action's target. */
  readonly target: TargetFacts | undefined;
  /** The findings at the place of a script. */
  readonly found?: Found | undefined;
  readonly digest: string;
  readonly level: ConfirmLevel;
  readonly phrase: string | undefined;
  readonly warning: string | undefined;
  /** The reason why it does not count as a read, if its author declared no effect. */
  readonly notRead: string | undefined;
  readonly undo: string | undefined;
  readonly preview: (PinnedRows & { readonly freshForMs: number }) | undefined;
  /** The rows that the operator has left out. */
  readonly leftOut?: PinnedRows['rows'] | undefined;
  /** The differences from the previous gate. */
  readonly changes: ShownChanges | undefined;
  /** The result of the check, if the last outcome of the change is unknown. */
  readonly unsettled?: OutcomeCheck | undefined;
};

/** The effect that asks the operator. */
export type Await = {
  readonly step: string;
  readonly for: AwaitedFor;
  readonly why?: Reason | undefined;
  readonly prompt?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly secret?: boolean | undefined;
  /** The field that it asks for, if the step has several. */
  readonly field?: EventOf<'operator.awaited'>['field'];
  /** The input that the answer sets. */
  readonly input?: string | undefined;
  /** The login that failed is the operator's own. */
  readonly login?: boolean | undefined;
  /** The clause that could not be evaluated. */
  readonly clause?: number | undefined;
  readonly values?: readonly ShownValue[] | undefined;
  /** The clauses to choose from. */
  readonly clauses?: readonly ShownClause[] | undefined;
  /** Those that cannot be chosen; `null` is the next step. */
  readonly barred?: readonly (number | null)[] | undefined;
  readonly error?: StepError | undefined;
  /** The action that `CONTINUE` would run. */
  readonly action?: Action | undefined;
  readonly item?: ShownItem | undefined;
  /** It is an undo of the step in question. */
  readonly part?: 'undo' | undefined;
};

/** An event that only records a decision of the machine. */
export type DecidedEvent =
  | EventOf<
      | 'step.entered'
      | 'step.settled'
      | 'step.undone'
      | 'item.entered'
      | 'child.finished'
      | 'rows.spared'
      | 'run.finished'
    >
  | Decided<EventOf<'step.skipped'>>
  | Decided<EventOf<'item.settled'>>
  | Decided<EventOf<'branch.taken'>>;

/** An event for the reason that a person gave, or for one of runbook's own, without its words. */
type Decided<E> = Omit<E, 'why'> | (Omit<E, 'reason' | 'why'> & { readonly why: Reason });

/** The reason why an answer did not open its gate; recorded with the answer. */
export type Refuse = { readonly step: string; readonly why: Reason };

/** A timer that sends `TIMER` to the machine. */
export type Arm = Omit<EventOf<'timer.armed'>, 'type'>;

/** The start of a runbook as a step: its inputs, secrets included. */
export type Call = {
  readonly step: string;
  readonly item: ShownItem | undefined;
  readonly runbook: Runbook;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, TargetFacts>>;
};

/** The effects that a transition requests from the session, in order. */
export type MachineEffect =
  | { readonly type: 'executeRead'; readonly params: Execute }
  | { readonly type: 'executeChange'; readonly params: Execute }
  | { readonly type: 'openGate'; readonly params: OpenGate }
  | { readonly type: 'await'; readonly params: Await }
  | { readonly type: 'record'; readonly params: DecidedEvent }
  | { readonly type: 'refuse'; readonly params: Refuse }
  | { readonly type: 'arm'; readonly params: Arm }
  | { readonly type: 'call'; readonly params: Call };
