import type { Effect, Engine, Phase, StepKind } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';

/** A part of a step that executes something. */
export type StepPart = 'action' | 'preview' | 'recheck' | 'verify' | 'undo';

/** An action as people see it: exactly what runs, secrets masked. */
export type ShownAction = {
  readonly kind: 'sql' | 'shell' | 'probe' | 'wait' | 'connect';
  readonly text: string;
  /** Bound values in order (`$1` first), or the script's own environment as `NAME=value`. */
  readonly values: readonly string[];
  /** The working folder of a script, where one is set. */
  readonly cwd?: string;
  /** The standard input of a script, where it gets one. */
  readonly stdin?: string;
  /** How it runs where that is not the default, e.g. `time limit 5m`, `exit codes 0, 1 succeed`. */
  readonly settings?: readonly string[];
  /** Where it runs, e.g. `db · postgres app@db1:5432/shop`. */
  readonly where: string;
};

/** Which item of a repeated step something belongs to; `index` counts from 1. */
export type ShownItem = {
  readonly index: number;
  readonly count: number;
  /** The item in a few words. */
  readonly label: string;
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
  /** The step it runs inside of: a `runbook` or a `parallel` one. */
  readonly parent?: string;
  readonly limits?: StepLimits;
};

/** How long a step may take, and how often it tries; what has no limit is missing. Times in ms. */
export type StepLimits = {
  /** Of one execution. */
  readonly timeoutMs?: number;
  /** Attempts in all of a read that is tried again. */
  readonly attempts?: number;
  /** Of a wait without a condition: how long it is. */
  readonly pauseMs?: number;
  /** What a verification or a wait looks for. */
  readonly until?: string;
  /** How long it looks at most. */
  readonly withinMs?: number;
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

/** The runbook of a run, as it was when the run began. */
export type StartedRunbook = {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
  readonly summary: string;
  readonly file: string;
  readonly sha256: string;
  /** The git commit that was checked out where the file lies, when it lies in a repository. */
  readonly commit?: string;
  /** True when its text is not the one of that commit; left out when that cannot be told. */
  readonly changedSinceCommit?: boolean;
  readonly prevention: readonly string[];
  readonly related: readonly string[];
};

/** An input with its value; masked when it is secret. */
export type ShownInput = {
  readonly name: string;
  readonly value: Json;
  readonly secret: boolean;
};

/** A runbook that runs as a step, of which a copy is kept with the run. */
export type StartedChild = {
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  /** What its inputs are given by the environment of the run. */
  readonly inputs?: readonly ShownChildInput[];
};

/** An input of a runbook that runs as a step: its text, or its name where it is secret. */
export type ShownChildInput = {
  readonly name: string;
  readonly secret: boolean;
  readonly value: string;
};

/** An action that had started and not ended. */
export type InterruptedAction = {
  readonly step: string;
  readonly part: StepPart;
  readonly effect: Effect;
};

/** A row that was confirmed and is left alone, since it is not what was shown any more. */
export type SparedRow = {
  readonly row: Readonly<Record<string, Json>>;
  /** What it is now; missing when it was not found any more. */
  readonly now?: Readonly<Record<string, Json>>;
};

/** What is different from the gate that was put before. */
export type ShownChanges = {
  /** It runs on another server, or its rows are from another one. */
  readonly server: boolean;
  /** What became of the rows; missing when they are the same. */
  readonly rows?: {
    readonly changed: readonly Required<SparedRow>[];
    readonly gone: readonly Readonly<Record<string, Json>>[];
    readonly added: readonly Readonly<Record<string, Json>>[];
  };
};

/** The rows a preview read, which a gate shows and its action gets. */
export type PinnedRows = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
  readonly freshForMs: number;
  /** When they were read (ISO). */
  readonly at: string;
};
