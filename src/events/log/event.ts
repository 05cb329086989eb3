import type { Effect, Outcome } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { GateEvent } from './gate-event.ts';
import type { Intent, IntentType } from './intent.ts';
import type {
  AwaitedFor,
  InterruptedAction,
  OutputRecord,
  ShownAction,
  ShownClause,
  ShownInput,
  ShownItem,
  ShownValue,
  StartedChild,
  StartedRunbook,
  StartedTarget,
  StepOutline,
  StepPart,
} from './parts.ts';

export type * from './parts.ts';
export type * from './recorded-event.ts';

/** The versions of this union that can be read: 2 has `rows.spared` and looks at pinned rows again. */
export const EVENT_VERSIONS = [1, 2] as const;

/** The version of what is written; the first event of a journal says which one it was written with. */
export const EVENT_VERSION = 2;

/** Everything that happens in a run. Each member says when it is written. */
export type RunEvent =
  | GateEvent
  /** Written first, once. */
  | {
      readonly type: 'run.started';
      readonly version: (typeof EVENT_VERSIONS)[number];
      readonly runId: string;
      readonly mode: 'live' | 'dry-run';
      /** Reads run without waiting for the operator from the start. */
      readonly auto?: boolean;
      /** The environment of a config file that gave its inputs and targets. */
      readonly environment?: string;
      readonly runbook: StartedRunbook;
      readonly steps: readonly StepOutline[];
      /** What has to be there, in words; what is checked has a step besides. */
      readonly prerequisites?: readonly string[];
      /** The runbooks that run as steps; copies of them are kept with the run. */
      readonly children?: readonly StartedChild[];
      readonly inputs: readonly ShownInput[];
      readonly targets: readonly StartedTarget[];
      readonly operator: string;
      readonly host: string;
      readonly pid: number;
      readonly program: string;
      readonly terminal?: { readonly columns: number; readonly rows: number };
    }
  /** Written when a later process goes on with a run. `interrupted` names an action that had started and not ended. */
  | {
      readonly type: 'run.resumed';
      readonly operator: string;
      readonly host: string;
      readonly pid: number;
      readonly program: string;
      readonly interrupted?: InterruptedAction;
      /** What was wrong with the journal's end, e.g. a line cut off by the crash. */
      readonly repaired?: string;
    }
  /** Written when the operator leaves, the terminal goes away, or nobody can answer. */
  | { readonly type: 'run.paused'; readonly reason: string }
  /** Written when an operator leaves a run to another one; nobody has it in hand then. */
  | {
      readonly type: 'run.handed-over';
      readonly operator: string;
      readonly host: string;
      /** Who is to go on; whoever resumes it when left out. */
      readonly to?: string;
      /** What was wrong with the journal's end, as in `run.resumed`. */
      readonly repaired?: string;
    }
  /** Written when somebody begins to follow the run from another terminal, and ceases to. */
  | {
      readonly type: 'run.watched';
      readonly status: 'attached' | 'detached';
      readonly operator: string;
      readonly host: string;
      readonly pid: number;
    }
  /** Written last, once. */
  | {
      readonly type: 'run.finished';
      readonly outcome: Outcome | 'aborted';
      readonly summary: string;
    }
  /** Written when a database executor got its connection, and again when it had to make a new one. */
  | {
      readonly type: 'target.connected';
      readonly target: string;
      readonly description: string;
      readonly reserved: boolean;
      readonly facts: Readonly<Record<string, Json>>;
    }
  /** Written when the run comes to a step. `visit` counts from 1. */
  | { readonly type: 'step.entered'; readonly step: string; readonly visit: number }
  /** Written, and synced when the effect is not `read`, before the action starts. */
  | {
      readonly type: 'step.started';
      readonly step: string;
      readonly visit: number;
      readonly part: StepPart;
      readonly attempt: number;
      readonly effect: Effect;
      readonly action: ShownAction;
      /** The digest of what runs; only on gated actions. */
      readonly digest?: string;
      /** The digest that was confirmed, when rows were spared since: then what runs is a part of it. */
      readonly confirmed?: string;
      readonly item?: ShownItem;
    }
  /** Written when an action ended; synced when its effect is not `read`. */
  | {
      readonly type: 'step.finished';
      readonly step: string;
      readonly visit: number;
      readonly part: StepPart;
      readonly attempt: number;
      readonly status: 'succeeded' | 'failed' | 'unknown';
      readonly ms: number;
      /** What expressions see; masked. */
      readonly result?: Readonly<Record<string, Json>>;
      readonly error?: StepError;
      readonly outputs: readonly OutputRecord[];
      /** Milliseconds since the first check of this verification. */
      readonly elapsedMs?: number;
      /** Drawn for the jitter of a retry, in [0, 1). */
      readonly random?: number;
      readonly item?: ShownItem;
      /** The run was not waiting for it, so it moved nothing: a bug in runbook. */
      readonly unexpected?: true;
    }
  /** Written when a step is passed over. */
  | {
      readonly type: 'step.skipped';
      readonly step: string;
      readonly by: 'condition' | 'operator' | 'empty-preview' | 'spared' | 'no-items';
      readonly reason: string;
    }
  /** Written when the step's own result is settled: after `expect` and `verify`, or by hand. */
  | {
      readonly type: 'step.settled';
      readonly step: string;
      readonly status: 'succeeded' | 'failed' | 'done-by-hand' | 'simulated';
      readonly error?: StepError;
    }
  /** Written when a repeated step takes up an item. */
  | { readonly type: 'item.entered'; readonly step: string; readonly item: ShownItem }
  /** Written when an item of a repeated step has ended; again when the operator decides otherwise. */
  | {
      readonly type: 'item.settled';
      readonly step: string;
      readonly item: ShownItem;
      readonly status: 'succeeded' | 'failed' | 'skipped' | 'done-by-hand' | 'simulated';
      readonly error?: StepError;
      /** Why it was skipped. */
      readonly reason?: string;
    }
  /** Written when what a step did was reverted, by its undo or by hand. */
  | {
      readonly type: 'step.undone';
      readonly step: string;
      readonly by: 'action' | 'hand';
      readonly item?: ShownItem;
      readonly evidence?: string;
    }
  /** Written when a step begins to run another runbook. */
  | {
      readonly type: 'child.started';
      readonly step: string;
      readonly runbook: { readonly name: string; readonly title: string };
      readonly inputs: readonly ShownInput[];
      readonly targets: readonly StartedTarget[];
      readonly item?: ShownItem;
    }
  /** Written when the runbook that a step runs has come to its end. */
  | {
      readonly type: 'child.finished';
      readonly step: string;
      readonly outcome: Outcome;
      readonly summary: string;
      readonly findings: readonly string[];
    }
  /** Written when a failed read will be tried again, or the next check of a verification is due. */
  | {
      readonly type: 'timer.armed';
      readonly step: string;
      readonly for: 'retry' | 'verify';
      readonly ms: number;
      readonly attempt: number;
      readonly item?: ShownItem;
    }
  /** Written when such a timer ran out. */
  | { readonly type: 'timer.fired'; readonly step: string; readonly item?: ShownItem }
  /** Written when the run needs a person. `can` lists what they can do now. */
  | {
      readonly type: 'operator.awaited';
      readonly step: string;
      readonly for: AwaitedFor;
      readonly can: readonly IntentType[];
      /** Why the run stopped here, in a sentence; missing for a plain start. */
      readonly reason?: string;
      /** The question of an ask step, or the instruction of a manual one. */
      readonly prompt?: string;
      readonly choices?: readonly string[];
      readonly secret?: boolean;
      readonly input?: string;
      readonly login?: boolean;
      /** The clauses to choose from when a condition could not be evaluated. */
      readonly clauses?: readonly ShownClause[];
      /** The clause that could not be evaluated, from 0. */
      readonly clause?: number;
      readonly values?: readonly ShownValue[];
      /** What will run on `continue`, for a start. */
      readonly action?: ShownAction;
      readonly error?: StepError;
      readonly item?: ShownItem;
      readonly part?: 'undo';
      /** The steps that can be undone from here, what was done last comes last. */
      readonly undoable?: readonly string[];
    }
  /** Written when the operator did something that moves the run (a gate has its own event). */
  | {
      readonly type: 'operator.acted';
      readonly step: string;
      readonly operator: string;
      /** Secret answers and inputs are masked. */
      readonly intent: Intent;
      /** Where the targets are from here on; only of an `edit`. */
      readonly targets?: readonly StartedTarget[];
    }
  /** Written when the operator takes a note, at any time. */
  | {
      readonly type: 'operator.noted';
      readonly operator: string;
      readonly step?: string;
      readonly text: string;
    }
  /**
   * Written when the operator enters a command of their own. What follows of it are the events of a
   * step, under its id: `!1` for the first one.
   */
  | {
      readonly type: 'adhoc.entered';
      readonly step: string;
      readonly operator: string;
      readonly target: string;
      readonly title: string;
      /** What it does at most, as far as its text tells. */
      readonly effect: Effect;
      /** Why it is not taken for a read; empty for a read. */
      readonly because: readonly string[];
      readonly action: ShownAction;
    }
  /** Written when `next` was decided, or the operator chose. */
  | {
      readonly type: 'branch.taken';
      readonly step: string;
      /** The clause from 0; `null` when no clause was true and the story goes on with the next step. */
      readonly clause: number | null;
      readonly by: 'condition' | 'default' | 'order' | 'operator';
      readonly goto: string;
      readonly condition?: string;
      readonly finding?: string;
      readonly values: readonly ShownValue[];
      /** The clauses before and after it that were not taken. */
      readonly notTaken: readonly ShownClause[];
      readonly reason?: string;
    };
