import type { Effect, Engine, Outcome, Phase, StepKind } from '../runbook/runbook.ts';
import type { StepError } from '../runbook/step-error.ts';
import type { Json } from '../runbook/value.ts';
import type { Intent, IntentType } from './intent.ts';

/** The version of this union; the first event of a journal says which one it was written with. */
export const EVENT_VERSION = 1;

/** A part of a step that executes something. */
export type StepPart = 'action' | 'preview' | 'verify';

/** An action as people see it: exactly what runs, secrets masked. */
export type ShownAction = {
  readonly kind: 'sql' | 'shell' | 'probe' | 'wait';
  readonly text: string;
  /** Bound values in order (`$1` first), or the script's own environment as `NAME=value`. */
  readonly values: readonly string[];
  /** Where it runs, e.g. `db · postgres app@db1:5432/shop`. */
  readonly where: string;
};

/** Output kept whole in a file of its own; the journal keeps both ends, size and digest. */
export type OutputRecord = {
  readonly stream: 'stdout' | 'stderr';
  /** Relative to the run's folder. */
  readonly file: string;
  readonly bytes: number;
  /** Bytes beyond the limit, which no file holds. */
  readonly droppedBytes: number;
  readonly sha256: string;
  readonly head: string;
  readonly tail: string;
};

/** What a step looks like before it runs. */
export type StepOutline = {
  readonly id: string;
  readonly title: string;
  readonly why?: string;
  readonly phase: Phase;
  readonly kind: StepKind;
  readonly effect: Effect;
};

/** A clause of `next` as people see it. */
export type ShownClause = {
  /** Missing on the default clause. */
  readonly condition?: string;
  readonly goto?: string;
  readonly finding?: string;
};

/** A name in a condition and the value it had, e.g. `result.row.used` = 18; masked. */
export type ShownValue = { readonly name: string; readonly value: Json };

/** What the run waits for a person to say. */
export type AwaitedFor =
  | 'start' // Enter before a step
  | 'gate' // confirmation of a change
  | 'failure' // what to do about a failed step
  | 'decision' // a condition that could not be evaluated
  | 'unknown' // what to do about an unknown outcome
  | 'answer' // an ask step
  | 'report' // a manual step
  | 'stopped' // Ctrl-C
  | 'stuck'; // a step entered too often

/** Where a target was when the run began; what its address does not say is `null`. */
export type StartedTarget = {
  readonly name: string;
  readonly description: string;
  readonly engine?: Engine | null;
  readonly host?: string | null;
  readonly port?: number | null;
  readonly database?: string | null;
  readonly user?: string | null;
};

/** Everything that happens in a run. Each member says when it is written. */
export type RunEvent =
  /** Written first, once. */
  | {
      readonly type: 'run.started';
      readonly version: typeof EVENT_VERSION;
      readonly runId: string;
      readonly mode: 'live' | 'dry-run';
      /** Reads run without waiting for the operator from the start. */
      readonly auto?: boolean;
      readonly runbook: {
        readonly name: string;
        readonly title: string;
        readonly severity: string;
        readonly summary: string;
        readonly file: string;
        readonly sha256: string;
        readonly prevention: readonly string[];
        readonly related: readonly string[];
      };
      readonly steps: readonly StepOutline[];
      readonly inputs: readonly {
        readonly name: string;
        readonly value: Json;
        readonly secret: boolean;
      }[];
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
      readonly interrupted?: {
        readonly step: string;
        readonly part: StepPart;
        readonly effect: Effect;
      };
      /** What was wrong with the journal's end, e.g. a line cut off by the crash. */
      readonly repaired?: string;
    }
  /** Written when the operator leaves, the terminal goes away, or nobody can answer. */
  | { readonly type: 'run.paused'; readonly reason: string }
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
      /** The digest that was confirmed; only on gated actions. */
      readonly digest?: string;
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
    }
  /** Written when a step is passed over. */
  | {
      readonly type: 'step.skipped';
      readonly step: string;
      readonly by: 'condition' | 'operator' | 'empty-preview';
      readonly reason: string;
    }
  /** Written when the step's own result is settled: after `expect` and `verify`, or by hand. */
  | {
      readonly type: 'step.settled';
      readonly step: string;
      readonly status: 'succeeded' | 'failed' | 'done-by-hand';
      readonly error?: StepError;
    }
  /** Written when a failed read will be tried again, or the next check of a verification is due. */
  | {
      readonly type: 'timer.armed';
      readonly step: string;
      readonly for: 'retry' | 'verify';
      readonly ms: number;
      readonly attempt: number;
    }
  /** Written when such a timer ran out. */
  | { readonly type: 'timer.fired'; readonly step: string }
  /** Written when a gate is put before the operator; it holds all that the gate shows. */
  | {
      readonly type: 'gate.opened';
      readonly step: string;
      readonly title: string;
      readonly effect: Effect;
      readonly action: ShownAction;
      readonly digest: string;
      readonly level: 'key' | 'type';
      /** What has to be typed; only with level `type`. */
      readonly phrase?: string;
      readonly warning?: string;
      readonly undo?: string;
      /** The rows that are pinned, when the step has a preview. */
      readonly preview?: {
        readonly columns: readonly string[];
        readonly rows: readonly Readonly<Record<string, Json>>[];
        readonly freshForMs: number;
        /** When they were read (ISO). */
        readonly at: string;
      };
      readonly operator: string;
    }
  /** Written and synced when the operator answers a gate. `refused`: the phrase or the digest was not the right one, or the rows were too old. */
  | {
      readonly type: 'gate.answered';
      readonly step: string;
      readonly answer: 'confirmed' | 'declined' | 'refresh' | 'refused';
      readonly operator: string;
      readonly digest: string;
      readonly phrase?: string;
      readonly reason?: string;
      readonly previewAgeMs?: number;
    }
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
      /** The clauses to choose from when a condition could not be evaluated. */
      readonly clauses?: readonly ShownClause[];
      /** The clause that could not be evaluated, from 0. */
      readonly clause?: number;
      readonly values?: readonly ShownValue[];
      /** What will run on `continue`, for a start. */
      readonly action?: ShownAction;
      readonly error?: StepError;
    }
  /** Written when the operator did something that moves the run (a gate has its own event). */
  | {
      readonly type: 'operator.acted';
      readonly step: string;
      readonly operator: string;
      /** Secret answers and inputs are masked. */
      readonly intent: Intent;
    }
  /** Written when the operator takes a note, at any time. */
  | {
      readonly type: 'operator.noted';
      readonly operator: string;
      readonly step?: string;
      readonly text: string;
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

/** The name of an event. */
export type RunEventType = RunEvent['type'];

/** One event of a given name. */
export type EventOf<T extends RunEventType> = Extract<RunEvent, { type: T }>;

/** An event with its place in the journal. */
export type RecordedEvent = {
  /** From 1, without gaps. */
  readonly seq: number;
  /** When it was written (ISO, UTC). */
  readonly at: string;
  readonly event: RunEvent;
};
