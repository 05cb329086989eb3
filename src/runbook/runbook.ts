import type { Expression } from './expression.ts';
import type { Source, Span } from './source.ts';
import type { ErrorKind } from './step-error.ts';
import type { Template } from './template.ts';

/** What an action may do to the world. */
export type Effect = 'read' | 'change' | 'destructive';

/** The part of the story a step belongs to; groups the screen and the transcript. */
export type Phase = 'diagnose' | 'fix' | 'verify';

/** How a run ended, in the author's words. */
export type Outcome = 'resolved' | 'unresolved' | 'escalated';

/** A database engine a statement can be written for. */
export type Engine = 'postgres' | 'mysql' | 'mariadb';

/** The kinds of step this version can run. */
export type StepKind = 'shell' | 'sql' | 'ask' | 'manual' | 'wait' | 'finish';

/** The type of an input, which decides how its text is read. */
export type InputType = 'text' | 'number' | 'boolean' | 'duration' | 'url';

/** A value the operator gives a run. */
export type InputDefinition = {
  readonly name: string;
  readonly type: InputType;
  readonly secret: boolean;
  /** Optional inputs without a value are `null` in expressions. */
  readonly required: boolean;
  readonly default: string | number | boolean | null;
  /** The environment variable read when no value was given. */
  readonly env: string | undefined;
  readonly description: string | undefined;
};

/** Somewhere a step can run. */
export type TargetDefinition =
  | { readonly kind: 'local'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'database';
      readonly name: string;
      readonly span: Span;
      readonly engine: Engine | undefined;
      /** The connection URL. */
      readonly database: Template;
      /** The URL tried when the server has no ordinary slot left. */
      readonly reserve: Template | undefined;
    };

/** One way on after a step. */
export type Clause = {
  readonly span: Span;
  /** Missing on the default clause, which is the last one. */
  readonly if: Expression | undefined;
  readonly finding: Template | undefined;
  /** A step id; without it the story goes on with the next step. */
  readonly goto: string | undefined;
};

/** When and how often a failed read is tried again. */
export type Retry = {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: number;
  readonly maxDelayMs: number;
  readonly jitter: boolean;
  /** The kinds of failure that are tried again; empty means any but `cancelled`. */
  readonly on: readonly ErrorKind[];
};

/** A statement for every engine (`any`), or one per engine. */
export type SqlTexts = Readonly<Partial<Record<'any' | Engine, Template>>>;

/** Something that can be executed: a statement or a script, with its placeholders. */
export type Body =
  | { readonly kind: 'sql'; readonly texts: SqlTexts; readonly target: string }
  | {
      readonly kind: 'shell';
      readonly script: Template;
      readonly target: string;
      readonly env: Readonly<Record<string, Template>>;
      readonly cwd: Template | undefined;
      readonly stdin: Template | undefined;
      readonly okExit: readonly number[];
    };

/** A read whose rows the gate shows and the action gets. */
export type Preview = {
  readonly body: Body;
  readonly maxRows: number;
  /** Older than this at the moment of confirming, it is run and asked again. */
  readonly freshForMs: number;
};

/** What the gate asks for: one key, or a phrase that has to be typed (always, when destructive). */
export type Confirm = {
  readonly level: 'key' | 'type';
  /** The step's id when the author gave none. */
  readonly phrase: Template | undefined;
  readonly warning: Template | undefined;
};

/** A repeated read that shows whether the action worked. */
export type Verify = {
  readonly body: Body;
  readonly until: Expression;
  readonly withinMs: number;
  readonly everyMs: number;
};

/** How an action can be reverted; until undo bodies exist, the reason why it cannot or need not be. */
export type Undo = { readonly none: string };

/** A shell or SQL action and what guards it. */
export type ActionStep = {
  readonly kind: 'shell' | 'sql';
  readonly body: Body;
  readonly effect: Effect;
  readonly preview: Preview | undefined;
  readonly confirm: Confirm;
  readonly expect: Expression | undefined;
  readonly verify: Verify | undefined;
  readonly undo: Undo | undefined;
  readonly retry: Retry | undefined;
  readonly timeoutMs: number;
};

/** A question whose answer later steps can use. */
export type AskStep = {
  readonly kind: 'ask';
  readonly question: Template;
  readonly answer: 'text' | 'number' | 'choice' | 'secret';
  readonly choices: readonly string[];
};

/** An instruction a person carries out and reports on. */
export type ManualStep = { readonly kind: 'manual'; readonly instruction: Template };

/** A pause of fixed length. */
export type WaitStep = { readonly kind: 'wait'; readonly ms: number };

/** The end of a run. */
export type FinishStep = {
  readonly kind: 'finish';
  readonly outcome: Outcome;
  readonly summary: Template;
};

/** One step of a runbook. */
export type Step = {
  readonly id: string;
  readonly title: string;
  readonly why: string | undefined;
  readonly phase: Phase;
  readonly span: Span;
  readonly if: Expression | undefined;
  readonly next: readonly Clause[];
  /** How often a run may enter this step before the operator is asked. */
  readonly maxVisits: number;
  readonly does: ActionStep | AskStep | ManualStep | WaitStep | FinishStep;
};

/** A text that log lines are classified by. */
export type Symptom = { readonly text: string } | { readonly pattern: string };

/** A runbook whose every name, placeholder and expression has been checked. */
export type Runbook = {
  readonly source: Source;
  readonly name: string;
  readonly title: string;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly summary: string;
  readonly impact: string | undefined;
  readonly symptoms: readonly Symptom[];
  readonly prerequisites: readonly string[];
  readonly inputs: readonly InputDefinition[];
  readonly targets: readonly TargetDefinition[];
  readonly steps: readonly Step[];
  readonly prevention: readonly string[];
  readonly related: readonly string[];
};
