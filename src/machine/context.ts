import type { ShownChanges, ShownItem } from '#events/log/event.ts';
import type { Engine, Outcome } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
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
  /** The server itself has said it; missing while it is only what the URL says. */
  readonly isConnected?: true;
  /** Which server process answered last; missing before the first connection. */
  readonly server?: string;
};

/** How a step, or one item of a repeated one, ended. */
export type SettledStatus = 'succeeded' | 'failed' | 'skipped' | 'done-by-hand' | 'simulated';

/** A step as `steps.<id>` shows it: its status, and its result's fields beside. */
export type StepFacts = {
  readonly status: 'waiting' | 'undone' | SettledStatus;
  readonly [field: string]: Value;
};

/** Rows that were read for a gate. */
export type PinnedRows = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  readonly row_count: number;
  /** When they were read (ISO). */
  readonly at: string;
  /** The server they were read from, where that is known. */
  readonly server?: string;
  /** These are the rows that were left over, and the first that was shown is not among them. */
  readonly isFirstSpared?: boolean;
  /** How many rows were spared after the confirmation. */
  readonly spared?: number;
};

/** A change that waits for its confirmation. */
export type PendingChange = {
  readonly action: Action;
  readonly digest: string;
  readonly phrase: string | undefined;
  /** The server it is to run on, where that is known. */
  readonly server: string | undefined;
  /** What is different from the gate that was put before this one; missing for a first gate. */
  readonly changes?: ShownChanges | undefined;
};

/** What a gate showed that is to be put again. */
export type ShownGate = {
  readonly server: string | undefined;
  readonly preview: PinnedRows | undefined;
};

/** A confirmation that was given and has not led to its change yet. */
export type GivenConfirmation = {
  readonly digest: string;
  /** The rows were too old: all of them have to be the same when they are read again. */
  readonly isStale: boolean;
};

/** The items of a repeated step and what became of them. */
export type Loop = {
  readonly items: readonly Value[];
  /** By place from 0; those that have not ended are missing. */
  readonly ended: readonly (StepFacts | undefined)[];
  /** How many items were taken up. */
  readonly taken: number;
  /** Places, from 0, of items that failed beside others: the operator is still to be asked. */
  readonly unasked: readonly number[];
};

/** What the machine remembers of the visit to the step it is in. */
export type Visit = {
  /** 1 for the first execution of the action in this visit. */
  readonly attempt: number;
  /** What runs now only connects: the engine decides what is to be executed. */
  readonly isConnecting?: boolean;
  /** Why the step waits for the operator although it could run by itself. */
  readonly held?: string;
  /** Why the step is passed over. */
  readonly skip?: { readonly by: 'condition' | 'no-items'; readonly reason: string };
  readonly preview?: PinnedRows;
  readonly pending?: PendingChange;
  readonly shown?: ShownGate;
  readonly confirmed?: GivenConfirmation;
  readonly result?: Readonly<Record<string, Json>>;
  readonly error?: StepError;
  readonly decision?: BranchDecision;
  /** The operator's own login was refused, and nobody has said yet that the runbook decides. */
  readonly refusedLogin?: true;
  /** The operator asked what became of an action whose outcome is unknown. */
  readonly rechecking?: boolean;
  /** The items of a step that is repeated for each. */
  readonly loop?: Loop;
  /** The item that is worked on. */
  readonly item?: ShownItem;
  /** What shows that a person did it by hand. */
  readonly evidence?: string;
  /** How something that ran beside others ended. */
  readonly ended?: SettledStatus;
  /** What is being undone: the step as it ran. */
  readonly undoing?: Undoable;
};

/** What the expressions of one runbook know: each runbook that runs inside another has its own. */
export type Frame = {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  readonly steps: Readonly<Record<string, StepFacts>>;
  readonly visits: Readonly<Record<string, number>>;
};

/** A runbook that runs as a step of another. */
export type ChildFrame = Frame & {
  /** What its branches found out, in order. */
  readonly findings: readonly string[];
  /** The visit of the step that runs it. */
  readonly caller: Visit;
  readonly end?: { readonly outcome: Outcome; readonly summary: string };
};

/** A change that can be undone, with everything its undo may name: as it was when it ran. */
export type Undoable = {
  readonly item: ShownItem | undefined;
  readonly visit: Visit;
  readonly frame: Frame;
  readonly frames: Readonly<Record<string, ChildFrame>>;
};

/** Everything a machine knows. */
export type MachineContext = Frame & {
  readonly run: { readonly id: string; readonly operator: string; readonly started_at: string };
  /** The runbooks that run as steps now, by the id of their step, the outer ones first. */
  readonly frames: Readonly<Record<string, ChildFrame>>;
  /** Read-only steps run without waiting for the operator. */
  readonly auto: boolean;
  /** The operator asked to stop at the next safe point. */
  readonly stopping: boolean;
  readonly visit: Visit;
  /** The visits of what runs at the same time, by slot. */
  readonly slots: Readonly<Record<string, Visit>>;
  /** By step: what it did and nobody has undone, the newest last. */
  readonly undoable: Readonly<Record<string, readonly Undoable[]>>;
};

/** What a machine starts with. */
export type MachineInput = Pick<MachineContext, 'run' | 'inputs' | 'targets' | 'auto'>;
