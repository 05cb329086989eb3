import type { Effect, Phase, StepKind } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type {
  EventOf,
  OutputRecord,
  PinnedRows,
  ShownAction,
  ShownItem,
  ShownValue,
  StartedTarget,
  StepLimits,
  StepPart,
} from '../log/event.ts';
import type { GivenConfirmation } from './given-confirmation.ts';

/** How a step stands. */
export type StepState =
  | 'waiting' // not reached
  | 'current' // reached, not started
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'done-by-hand'
  | 'simulated' // a change that a dry run only showed
  | 'undone' // what it did was reverted
  | 'unknown'
  | 'not-taken'; // passed by on the path that was taken, or left over when the run finished

/** One executed part of a step. */
export type ExecutionView = {
  readonly part: StepPart;
  readonly attempt: number;
  readonly action: ShownAction;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly ms?: number;
  readonly status: 'running' | 'succeeded' | 'failed' | 'unknown' | 'interrupted';
  readonly result?: Readonly<Record<string, Json>>;
  readonly error?: StepError;
  readonly outputs: readonly OutputRecord[];
  readonly item?: ShownItem;
};

/** One item of a repeated step. */
export type ItemView = ShownItem & {
  readonly state: 'running' | EventOf<'item.settled'>['status'];
  readonly error?: StepError;
  readonly reason?: string;
};

/** A runbook that runs, or ran, as a step. */
export type ChildView = Omit<EventOf<'child.started'>, 'type' | 'step'> & {
  readonly end?: Omit<EventOf<'child.finished'>, 'type' | 'step'>;
};

/** The branch taken after a step. */
export type BranchView = Omit<EventOf<'branch.taken'>, 'type' | 'step'> & { readonly at: string };

/** A step as the screen shows it; the latest visit. */
export type StepView = {
  readonly id: string;
  readonly title: string;
  readonly why?: string;
  readonly phase: Phase;
  readonly kind: StepKind;
  readonly effect: Effect;
  readonly state: StepState;
  readonly visits: number;
  readonly enteredAt?: string;
  readonly endedAt?: string;
  /** In the order they ran, this visit only. */
  readonly executions: readonly ExecutionView[];
  /** Rows of its change that were left alone, since they were not what the gate had shown any more. */
  readonly spared?: readonly Omit<EventOf<'rows.spared'>, 'type' | 'step'>[];
  readonly error?: StepError;
  readonly skippedBecause?: string;
  /** What the operator answered to an ask step; masked when secret. */
  readonly answer?: string;
  /** What the operator wrote when the step was done by hand or reported on. */
  readonly evidence?: string;
  readonly branch?: BranchView;
  /** The step it runs inside of. */
  readonly parent?: string;
  readonly limits?: StepLimits;
  /** The items a repeated step has taken up, in their order. */
  readonly items?: readonly ItemView[];
  /** The runbook this step runs. */
  readonly child?: ChildView;
};

/** Something the run found out, in a sentence. */
export type FindingView = { readonly at: string; readonly step: string; readonly text: string };

/** Something the operator wrote down. */
export type NoteView = {
  readonly at: string;
  readonly operator: string;
  readonly step?: string;
  readonly text: string;
};

/** Something the run changed, in the order it began, also on an earlier visit of its step. */
export type ChangeView = {
  readonly step: string;
  readonly title: string;
  /** When it began. */
  readonly at: string;
  /** Who confirmed it, or did it by hand. */
  readonly operator: string;
  readonly item?: ShownItem;
  /** Missing where it was done by hand. */
  readonly action?: ShownAction;
  readonly state: 'running' | 'succeeded' | 'failed' | 'unknown' | 'by-hand';
  /** What became of its undo, once there was one. */
  readonly undo?: 'done' | 'failed' | 'unknown';
};

/** What the run waits for; all that the operator needs to answer. */
export type AwaitedView = Omit<EventOf<'operator.awaited'>, 'type'> & {
  readonly at: string;
  /** The number of the event that asked. */
  readonly seq: number;
};

/** The gate that is open. */
export type GateView = Omit<EventOf<'gate.opened'>, 'type'> & {
  readonly at: string;
  /** The number of the event that opened it. */
  readonly seq: number;
  /** Why the last answer did not open it; kept when the gate is put again because of it. */
  readonly refused?: string;
  /** The rows it showed before they were read again. */
  readonly before?: PinnedRows;
};

/** A pause the run makes by itself. */
export type TimerView = {
  readonly step: string;
  readonly for: 'retry' | 'verify';
  readonly ms: number;
  readonly attempt: number;
  readonly at: string;
};

/** The last time a later process went on with the run. */
export type ResumedView = Omit<EventOf<'run.resumed'>, 'type'> & { readonly at: string };

/** How the run was left to another operator. */
export type HandoverView = Omit<EventOf<'run.handed-over'>, 'type'> & { readonly at: string };

/** Where a target is. */
export type PlaceView = Omit<StartedTarget, 'name'>;

/** Everything a view of a run needs; folded from the events and from nothing else. */
export type RunView = {
  readonly runId: string;
  readonly mode: 'live' | 'dry-run';
  /** The environment that gave inputs and targets. */
  readonly environment?: string;
  readonly runbook: EventOf<'run.started'>['runbook'];
  readonly inputs: EventOf<'run.started'>['inputs'];
  readonly operator: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly status: 'running' | 'waiting' | 'paused' | 'finished';
  readonly auto: boolean;
  /** By target name: the best description known so far. */
  readonly targets: Readonly<Record<string, string>>;
  /** Where the targets are, as far as it is known; of a runbook that runs as a step by `step/target`. */
  readonly places: Readonly<Record<string, PlaceView>>;
  /** The confirmation that was given and has not led to its change yet. */
  readonly confirmed?: GivenConfirmation;
  /** Names of targets whose connection uses a reserved slot. */
  readonly reserved: readonly string[];
  /** What has to be there, in words. */
  readonly prerequisites?: readonly string[];
  /** In the order of the file. */
  readonly steps: readonly StepView[];
  /** The commands the operator entered, in order, as steps. */
  readonly adhoc?: readonly StepView[];
  /** What the run waits for by itself, while a command the operator entered is before it. */
  readonly behind?: { readonly awaited?: AwaitedView; readonly gate?: GateView };
  /** The command whose result is news: it ended where the run still waits. */
  readonly adhocShown?: string;
  /** Step ids in the order they were entered. */
  readonly path: readonly string[];
  readonly current?: string;
  readonly awaited?: AwaitedView;
  readonly gate?: GateView;
  readonly timer?: TimerView;
  readonly findings: readonly FindingView[];
  readonly notes: readonly NoteView[];
  readonly changes?: readonly ChangeView[];
  /** The undo that was asked for last, and why. */
  readonly undoing?: {
    readonly step: string;
    readonly reason: string;
    readonly operator: string;
    readonly at: string;
  };
  /** Set once the operator asked to stop and the run is still finishing an action. */
  readonly stopping: boolean;
  readonly outcome?: EventOf<'run.finished'>['outcome'];
  readonly summary?: string;
  readonly pausedBecause?: string;
  /** Whether somebody can answer; missing until that changed since the run was started or resumed. */
  readonly attended?: boolean;
  readonly resumed?: ResumedView;
  /** Set from a handover until somebody goes on. */
  readonly handedOver?: HandoverView;
  /** The number of events folded so far. */
  readonly seq: number;
};

/** A value of a condition with its name. */
export type { ShownValue };
