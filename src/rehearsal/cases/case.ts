import type { AwaitedFor } from '#events/log/event.ts';
import type { TargetFacts } from '#machine/context.ts';
import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { Source, Span } from '#runbook/yaml/source.ts';
import type { AnswerVerb } from './schema.ts';

/** How one execution ends in a case. */
export type MockedResult = {
  readonly span: Span;
  readonly status: 'succeeded' | 'failed' | 'unknown';
  readonly result: Readonly<Record<string, Json>> | undefined;
  readonly error: StepError | undefined;
  /** Milliseconds on the clock of the case. */
  readonly takesMs: number;
  readonly optional: boolean;
};

/** How the executions of one part of a step end. */
export type MockedPart = {
  readonly span: Span;
  /** True: one result for however many executions; false: one after the other, each once. */
  readonly every: boolean;
  readonly results: readonly MockedResult[];
  /** It stands at the top of the file, for all cases: nobody minds when a case does not use it. */
  readonly shared: boolean;
};

/** The results of a step, by part: `action`, `preview`, `recheck`, `verify` or `undo`. */
export type MockedStep = {
  readonly span: Span;
  readonly parts: Readonly<Record<string, MockedPart>>;
};

/** Something the operator does. */
export type Answer = {
  readonly span: Span;
  readonly verb: AnswerVerb;
  readonly step: string;
  /** The typed phrase, the answer, the reason or the evidence. */
  readonly text: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly to: string;
  /** A clause from 0; `null` for the next step. */
  readonly clause: number | null;
  readonly afterMs: number;
  readonly at: Extract<AwaitedFor, 'start'> | undefined;
};

/** A text that is expected, and where it says so. */
export type Expected<T> = { readonly span: Span; readonly value: T };

/** A list of which each entry stands for one thing that happens, or for any number of them. */
export type ExpectedList<T> = {
  readonly span: Span;
  readonly entries: readonly (Expected<T> | { readonly span: Span; readonly any: true })[];
};

/** What is expected of one gate. */
export type ExpectedGate = {
  readonly step: string;
  readonly effect: 'change' | 'destructive' | undefined;
  readonly level: 'key' | 'type' | undefined;
  readonly phrase: string | undefined;
  readonly rows: number | undefined;
  readonly undo: boolean | undefined;
  readonly shows: readonly string[];
};

/** How a run of a case can end: as any run does, or left by the operator. */
export const CASE_OUTCOMES = [...RUN_OUTCOMES, 'left'] as const;
/** One of {@link CASE_OUTCOMES}. */
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** How a step can stand in the end. */
export type CaseStatus =
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'done-by-hand'
  | 'undone'
  | 'unknown'
  | 'not-reached';

/** What a case expects of its run. */
export type Expectation = {
  readonly span: Span;
  readonly path: ExpectedList<string> | undefined;
  readonly outcome: Expected<CaseOutcome> | undefined;
  readonly summary: Expected<string> | undefined;
  readonly findings: ExpectedList<string> | undefined;
  readonly gates: ExpectedList<ExpectedGate> | undefined;
  readonly statuses: readonly Expected<{ readonly step: string; readonly status: CaseStatus }>[];
  readonly spared: readonly Expected<{ readonly step: string; readonly rows: number }>[];
};

/** One rehearsal of a runbook: what it is given, what its steps return, what the operator does. */
export type Case = {
  readonly name: string;
  readonly span: Span;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly targets: Readonly<Record<string, Partial<TargetFacts>>>;
  readonly steps: ReadonlyMap<string, MockedStep>;
  readonly answers: readonly Answer[];
  readonly expect: Expectation;
};

/** The cases of a runbook. */
export type Cases = {
  readonly source: Source;
  readonly runbook: Runbook;
  readonly cases: readonly Case[];
};
