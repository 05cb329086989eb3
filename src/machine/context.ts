import type { Reason, ShownChanges, ShownItem } from '#events/log/event.ts';
import type { OutcomeCheck } from '#events/log/parts.ts';
import type { RunOutcome } from '#runbook/model/outcomes.ts';
import type { Engine, Outcome } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { BranchDecision } from './branch.ts';

/** The facts about a target that expressions can read. */
export type TargetFacts = {
  readonly name: string;
  readonly engine: Engine | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
  readonly user: string | null;
  /** For people, e.g. `postgres oncall@db1:5432/shop`. */
  readonly description: string;
  /** Set once the server itself has confirmed the facts; before, they come from the URL. */
  readonly isConnected?: true;
  /** The server process that answered last; undefined before the first connection. */
  readonly server?: string;
};

/** The result of a step, or of one item of a repeated one. */
export type SettledStatus = 'succeeded' | 'failed' | 'skipped' | 'done-by-hand' | 'simulated';

/** A step as `steps.<id>`: its status, and the fields of its result. */
export type StepFacts = {
  readonly status: 'waiting' | 'undone' | SettledStatus;
  readonly [field: string]: Value;
};

/** The rows read for a gate. */
export type PinnedRows = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  readonly row_count: number;
  /** How many of the rows that were read the step needs; undefined without a limit. */
  readonly needed?: number;
  /** The rows that were read and are not needed. */
  readonly notNeeded?: PinnedRows['rows'];
  /** Why it is not known how many rows are needed; there are none then. */
  readonly unresolved?: string;
  /** The time they were read (ISO). */
  readonly at: string;
  /** The server they were read from, if known. */
  readonly server?: string;
  /** Set if rows were spared and the first one shown is among them. */
  readonly isFirstSpared?: boolean;
  /** The number of rows spared after the confirmation. */
  readonly spared?: number;
};

/** Who answers at the place of a script, and where its folder leads. */
export type Found = {
  /** An opaque identity of both; undefined if nothing was to be compared. */
  readonly server?: string;
  /** The machine, container or pod, for people. */
  readonly shown?: string;
  /** The folder without symbolic links. */
  readonly folder?: string;
};

/** A change that awaits confirmation. */
export type PendingChange = {
  readonly action: Action;
  readonly digest: string;
  readonly phrase: string | undefined;
  /** The result of the check, if the last outcome of the change is unknown. */
  readonly unsettled?: OutcomeCheck | undefined;
  /** The server it is to run on, if known. */
  readonly server: string | undefined;
  /** The findings at the place of a script. */
  readonly found?: Found | undefined;
  /** The differences from the previous gate; undefined for a first gate. */
  readonly changes?: ShownChanges | undefined;
  /** Set if the gate is for several items: their changes, that of the current item first. */
  readonly all?: readonly ItemChange[];
};

/** The change of one item at a gate for several. */
export type ItemChange = {
  readonly item: ShownItem;
  readonly action: Action;
  readonly digest: string;
  readonly found?: Found | undefined;
};

/** A gate that is to be shown again. */
export type ShownGate = {
  readonly server: string | undefined;
  readonly preview: PinnedRows | undefined;
};

/** A confirmation that has not led to its change yet. */
export type GivenConfirmation = {
  readonly digest: string;
  /** The rows were stale: all of them must be the same when they are read again. */
  readonly isStale: boolean;
};

/** The items of a repeated step and their results. */
export type Loop = {
  readonly items: readonly Value[];
  /** By index from 0; unfinished ones are undefined. */
  readonly ended: readonly (StepFacts | undefined)[];
  /** The number of items started. */
  readonly taken: number;
  /** Indexes, from 0, of items that failed beside others: the operator has not been asked yet. */
  readonly unasked: readonly number[];
  /** The confirmation of several items at one gate. It ends with the first question to the operator. */
  readonly together?: {
    readonly digest: string;
    /** The digests of the changes it covers, by index from 0. */
    readonly digests: Readonly<Record<number, string>>;
  };
  /** The findings at the places of items that have not begun, for one gate; by index from 0. */
  readonly found?: Readonly<Record<number, Found>>;
  /** The operator left an item failed: no further item is started. */
  readonly isOver?: true;
};

/** The state of the visit to the current step. */
export type Visit = {
  /** 1 for the first execution of the action in this visit. */
  readonly attempt: number;
  /** The current execution only connects: the engine determines the statement to execute. */
  readonly isConnecting?: boolean;
  /** The reason why the step waits for the operator although it could run by itself. */
  readonly held?: Reason;
  /** The reason why the step is skipped. */
  readonly skip?: { readonly by: 'condition' | 'no-items'; readonly why: Reason };
  /** The findings at the place of the script that is to change something. */
  readonly found?: Found;
  readonly preview?: PinnedRows;
  /** The rows that the operator has left out of the preview. */
  readonly leftOut?: Pick<PinnedRows, 'columns' | 'rows'>;
  /** The rows that the operator has taken back although they are not needed. */
  readonly takenBack?: Pick<PinnedRows, 'columns' | 'rows'>;
  readonly pending?: PendingChange;
  readonly shown?: ShownGate;
  readonly confirmed?: GivenConfirmation;
  readonly result?: Readonly<Record<string, Json>>;
  readonly error?: StepError;
  readonly decision?: BranchDecision;
  /**
   * The operator's own login was rejected, and the operator has not yet left the decision to the
   * runbook.
   */
  readonly refusedLogin?: true;
  /** An action with an unknown outcome is being checked: by itself, or since the operator asked. */
  readonly rechecking?: 'by-itself' | 'asked';
  /** The result of that check. */
  readonly check?: { readonly says: OutcomeCheck; readonly problem?: string };
  /** The items of a repeated step. */
  readonly loop?: Loop;
  /** The current item. */
  readonly item?: ShownItem;
  /** The operator's evidence that the step was done by hand. */
  readonly evidence?: string;
  /** The result of a branch or lane that ran beside others. */
  readonly ended?: SettledStatus;
  /** The change being undone, as it ran. */
  readonly undoing?: Undoable;
};

/**
 * The values that expressions of one runbook can read: each runbook that runs inside another has
 * its own.
 */
export type Frame = {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  readonly steps: Readonly<Record<string, StepFacts>>;
  readonly visits: Readonly<Record<string, number>>;
};

/** How a runbook that ran as a step has ended. */
export type ChildEnd = {
  readonly outcome: Outcome;
  readonly summary: string;
  readonly unchecked?: string;
  /** The name of the runbook to run next. */
  readonly continue_with?: string;
};

/** How a run has ended. */
export type RunEnd = Omit<ChildEnd, 'outcome'> & { readonly outcome: RunOutcome };

/** A runbook that runs as a step of another. */
export type ChildFrame = Frame & {
  /** The findings of its branches, in order. */
  readonly findings: readonly string[];
  /** The visit of the step that runs it. */
  readonly caller: Visit;
  readonly end?: ChildEnd;
};

/** A change that can be undone, with every value its undo may read, from when it ran. */
export type Undoable = {
  readonly item: ShownItem | undefined;
  readonly visit: Visit;
  readonly frame: Frame;
  readonly frames: Readonly<Record<string, ChildFrame>>;
};

/** The complete state of a machine besides its node. */
export type MachineContext = Frame & {
  readonly run: { readonly id: string; readonly operator: string; readonly started_at: string };
  /** The runbooks that currently run as steps, by the ID of their step, outermost first. */
  readonly frames: Readonly<Record<string, ChildFrame>>;
  /** Read-only steps run without waiting for the operator. */
  readonly auto: boolean;
  /** Places of scripts are looked at before their gates; not in runs that began without it. */
  readonly identifies?: boolean;
  /** An unknown outcome is checked before the operator is asked; not in runs that began without it. */
  readonly looksFirst?: boolean;
  /** The operator requested a stop at the next safe point. */
  readonly stopping: boolean;
  /** How the run has ended, while the steps of `finally` run. */
  readonly end?: RunEnd;
  readonly visit: Visit;
  /** The visits of concurrent steps and items, by slot. */
  readonly slots: Readonly<Record<string, Visit>>;
  /** By step: its changes that were not undone, most recent last. */
  readonly undoable: Readonly<Record<string, readonly Undoable[]>>;
  /** The results of the checks of changes whose last outcome is unknown: see `unsettled.ts`. */
  readonly unsettled: Readonly<Record<string, OutcomeCheck>>;
};

/** The initial input of a machine. */
export type MachineInput = Pick<
  MachineContext,
  'run' | 'inputs' | 'targets' | 'auto' | 'identifies' | 'looksFirst'
>;
