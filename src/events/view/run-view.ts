import type { Outcome } from '#runbook/model/outcomes.ts';
import type { Effect, Phase, StepKind } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { RunMode } from '#runbook/model/terms.ts';
import type { Json, Row } from '#runbook/model/value.ts';
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
import type { RunAlert } from '../log/run-alert.ts';

/** The state of a step. */
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

/** A step on the screen, at its latest visit. */
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
  /** The spared rows of its change, which were no longer as shown. */
  readonly spared?: readonly Omit<EventOf<'rows.spared'>, 'type' | 'step'>[];
  readonly error?: StepError;
  readonly skippedBecause?: string;
  readonly skippedBy?: EventOf<'step.skipped'>['by'];
  /** The operator's answer to an ask step; masked if secret. */
  readonly answer?: string;
  /** The operator's text about a step that was done by hand or reported on. */
  readonly evidence?: string;
  /** The operator reported that an instruction could not be done. */
  readonly notDone?: boolean;
  readonly branch?: BranchView;
  /** The step that contains it. */
  readonly parent?: string;
  readonly limits?: StepLimits;
  /** The outcome that a finish step sets; records of earlier builds lack it. */
  readonly outcome?: Outcome;
  /** The items that a repeated step has started, in order. */
  readonly items?: readonly ItemView[];
  /** The runbook this step runs. */
  readonly child?: ChildView;
};

/** A finding of the run. */
export type FindingView = {
  readonly at: string;
  readonly step: string;
  readonly text: string;
  /** True if no condition of its step was true: it says what was seen, not that something is wrong. */
  readonly isElse: boolean;
  /** True if the runbook marks it as a cause of the incident. */
  readonly isCause: boolean;
};

/** A note of the operator. */
export type NoteView = {
  readonly at: string;
  readonly operator: string;
  readonly step?: string;
  readonly text: string;
};

/** The rows of a change, as counts. */
export type ChangeRows = {
  /** The rows that were to be affected when it ran; undefined without a preview. */
  readonly pinned?: number;
  /** The confirmed rows that were spared. */
  readonly spared: number;
  /** The rows that were affected; undefined if the result does not say. */
  readonly affected?: number;
  /** The values that the preview's single row names as `old_…` and `new_…`. */
  readonly moved?: readonly MovedValue[];
  /** The session of the preview's single row. */
  readonly session?: ChangedSession;
};

/** A session that a change ends or interrupts, and how many rows its transaction had changed. */
export type ChangedSession = { readonly pid: number; readonly changedRows?: number };

/** A value that a change replaces, e.g. a limit. */
export type MovedValue = { readonly name: string; readonly from: Json; readonly to: Json };

/** A change by the run, on any visit of its step; in order of their start. */
export type ChangeView = {
  readonly step: string;
  readonly title: string;
  /** The time it started; of one by hand, the time it was reported. */
  readonly at: string;
  /** When a change by hand was shown: it was made at some time since then. */
  readonly shownAt?: string;
  /** The person who confirmed it, or reported it. */
  readonly operator: string;
  readonly item?: ShownItem;
  /** Undefined if it was done by hand. */
  readonly action?: ShownAction;
  readonly state: 'running' | 'succeeded' | 'failed' | 'not-sent' | 'unknown' | 'by-hand';
  /** Set if its end was not seen, and its check or a person took it as done. */
  readonly takenAsDone?: true;
  /** Its rows, if it has any. */
  readonly rows?: ChangeRows;
  /** The evidence that it was done by hand. */
  readonly evidence?: string;
  /** The result of its undo, if any. */
  readonly undo?: 'done' | 'failed' | 'not-sent' | 'unknown';
};

/** An alert of the run. */
export type AlertView = RunAlert & {
  /** When it was told last that it fires, or that it is resolved. */
  readonly at: string;
};

/** The question of the run, with everything needed to answer it. */
export type AwaitedView = Omit<EventOf<'operator.awaited'>, 'type'> & {
  readonly at: string;
  /** The number of the event that asked. */
  readonly seq: number;
  /** When it was asked first: a gate whose rows were read again still waits since then. */
  readonly since: string;
  /** The numbers of those that asked the same with the same gate, which nobody answered. */
  readonly earlier?: readonly number[];
};

/** A gate whose rows are read again, and the numbers of what asked with it, if an answer to them counts. */
export type ClosedGate = {
  readonly step: string;
  readonly digest: string;
  readonly since: string;
  readonly asked: readonly number[];
};

/** A recorded confirmation that has not led to its change yet. */
export type GivenConfirmation = {
  readonly step: string;
  readonly digest: string;
  readonly operator: string;
  /** The rows that it is for, if its gate showed any. */
  readonly rows?: readonly Row[];
  /** Set if it is for several items: it ends with the first question, or with its step. */
  readonly isForSeveral?: true;
};

/** The open gate. */
export type GateView = Omit<EventOf<'gate.opened'>, 'type'> & {
  readonly at: string;
  /** The number of the event that opened it. */
  readonly seq: number;
  /** The reason why the last answer did not open it; kept when the gate is shown again because of it. */
  readonly refused?: string;
  /** The rows it showed before they were read again. */
  readonly before?: PinnedRows;
  /** The time when its rows were last read again and were the same. */
  readonly unchangedAt?: string;
  /** The other runs at a change of its target, as last looked up. */
  readonly others?: Pick<EventOf<'gate.others'>, 'runs' | 'error'>;
  /** The reason why its rows are not, or no longer, known to be the same. */
  readonly unrefreshed?: {
    readonly status: 'gone' | 'failed' | 'stopped';
    readonly at: string;
    readonly error?: string;
  };
};

/** A timed pause of the run. */
export type TimerView = {
  readonly step: string;
  readonly for: 'retry' | 'verify';
  readonly ms: number;
  readonly attempt: number;
  readonly at: string;
};

/** The most recent resume by a later process. */
export type ResumedView = Omit<EventOf<'run.resumed'>, 'type'> & { readonly at: string };

/** The handover of the run to another operator. */
export type HandoverView = Omit<EventOf<'run.handed-over'>, 'type'> & { readonly at: string };

/** The address of a target. */
export type PlaceView = Omit<StartedTarget, 'name'>;

/** The complete state of a run for display; folded from the events alone. */
export type RunView = {
  readonly runId: string;
  readonly mode: RunMode;
  /** The environment that provided inputs and targets. */
  readonly environment?: string;
  /** The options that run another runbook on the same servers, as words for a shell. */
  readonly options: string;
  /** The folder of the drill whose servers the run is for. */
  readonly practice?: string;
  readonly runbook: EventOf<'run.started'>['runbook'];
  /** The runbooks that its steps may run. */
  readonly children?: EventOf<'run.started'>['children'];
  readonly inputs: EventOf<'run.started'>['inputs'];
  readonly startedBy: string;
  /** The last operator. */
  readonly operator: string;
  /** The program that wrote it last. */
  readonly program: string;
  readonly startedAt: string;
  /** The time of the last event. */
  readonly changedAt: string;
  readonly endedAt?: string;
  readonly status: 'running' | 'waiting' | 'paused' | 'finished';
  /** Set if a worker of a team executes the run, which goes on without this terminal. */
  readonly ofTeam?: true;
  readonly auto: boolean;
  /** Set once the operator has started the run on its opening page, or if it has none. */
  readonly begun?: true;
  /** By target name: the most precise description so far. */
  readonly targets: Readonly<Record<string, string>>;
  /** By target name: the descriptions at the start. */
  readonly startedOn: Readonly<Record<string, string>>;
  /** The known addresses of the targets; of a runbook that runs as a step by `step/target`. */
  readonly places: Readonly<Record<string, PlaceView>>;
  /** The confirmation that has not led to its change yet. */
  readonly confirmed?: GivenConfirmation;
  /** Names of targets whose connection uses a reserved slot. */
  readonly reserved: readonly string[];
  /** By target name: the server that answered last. */
  readonly servers?: Readonly<Record<string, unknown>>;
  /** The numbers of the connections that led to another server than the one before. */
  readonly movedAt?: readonly number[];
  /** The prerequisites, in words. */
  readonly prerequisites?: readonly string[];
  /** In file order. */
  readonly steps: readonly StepView[];
  /** The ad-hoc commands, in order, as steps. */
  readonly adhoc?: readonly StepView[];
  /** The run's own question, while an ad-hoc command is in front of it. */
  readonly behind?: { readonly awaited?: AwaitedView; readonly gate?: GateView };
  /** The command with a new result: it ended while the run still waits. */
  readonly adhocShown?: string;
  /** Step IDs in the order they were entered. */
  readonly path: readonly string[];
  readonly current?: string;
  readonly awaited?: AwaitedView;
  readonly gate?: GateView;
  /** The gate that waits for its rows, and that opens again then. */
  readonly closed?: ClosedGate;
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
  /** The part of the summary that says what was not checked. */
  readonly unchecked?: string;
  /** The name of the runbook to run next. */
  readonly continueWith?: string;
  readonly paused?: EventOf<'run.paused'>;
  /** The alerts that the run is about, the one that started it first. */
  readonly alerts?: readonly AlertView[];
  /** Whether someone can answer; undefined until that changed since the start or resume. */
  readonly attended?: boolean;
  readonly resumed?: ResumedView;
  /** Set from a handover until the run is resumed. */
  readonly handedOver?: HandoverView;
  /** The number of events folded so far. */
  readonly seq: number;
};

/** A value of a condition with its name. */
export type { ShownValue };
