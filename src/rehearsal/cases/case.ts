import type { AwaitedFor } from '#events/log/event.ts';
import type { TargetFacts } from '#machine/context.ts';
import { RUN_OUTCOMES } from '#runbook/model/outcomes.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { ConfirmLevel } from '#runbook/model/terms.ts';
import type { Value } from '#runbook/model/value.ts';
import type { Source, Span } from '#runbook/yaml/source.ts';
import type { MockedStep } from '../mocks/mocked.ts';
import type { AnswerVerb } from './schema.ts';

/** An action of the operator. */
export type Answer = {
  readonly span: Span;
  readonly verb: AnswerVerb;
  readonly step: string;
  /** The typed phrase, the answer, the reason or the evidence. */
  readonly text: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  /** The rows of a gate that are left out, and those that are taken back, from 1. */
  readonly rows: readonly number[];
  readonly back: readonly number[];
  readonly to: string;
  /** A clause from 0; `null` for the next step. */
  readonly clause: number | null;
  readonly afterMs: number;
  readonly at: Extract<AwaitedFor, 'start'> | undefined;
};

/** An expected value, and its place in the test file. */
export type Expected<T> = { readonly span: Span; readonly value: T };

/** An expected list, in which an entry stands for one item or for any number of them. */
export type ExpectedList<T> = {
  readonly span: Span;
  readonly entries: readonly (Expected<T> | { readonly span: Span; readonly any: true })[];
};

/** The expectations of one gate. */
export type ExpectedGate = {
  readonly step: string;
  readonly effect: 'change' | 'destructive' | undefined;
  readonly level: ConfirmLevel | undefined;
  readonly phrase: string | undefined;
  readonly rows: number | undefined;
  readonly undo: boolean | undefined;
  readonly shows: readonly string[];
};

/** The outcomes of a run in a case: those of any run, or left by the operator. */
export const CASE_OUTCOMES = [...RUN_OUTCOMES, 'left'] as const;
/** One of {@link CASE_OUTCOMES}. */
type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** The final statuses of a step. */
export const CASE_STATUSES = [
  'succeeded',
  'failed',
  'skipped',
  'done-by-hand',
  'undone',
  'unknown',
  'not-reached',
] as const;
/** One of {@link CASE_STATUSES}. */
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** The expectations of a case. */
export type Expectation = {
  readonly span: Span;
  readonly path: ExpectedList<string> | undefined;
  readonly outcome: Expected<CaseOutcome> | undefined;
  readonly summary: Expected<string> | undefined;
  readonly continueWith: Expected<string> | undefined;
  readonly findings: ExpectedList<string> | undefined;
  /** The findings that are marked as causes. */
  readonly causes: ExpectedList<string> | undefined;
  readonly gates: ExpectedList<ExpectedGate> | undefined;
  readonly statuses: readonly Expected<{ readonly step: string; readonly status: CaseStatus }>[];
  readonly spared: readonly Expected<{ readonly step: string; readonly rows: number }>[];
};

/** One rehearsal of a runbook: its inputs, the results of its steps and the operator's actions. */
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

/** The first difference between actual and expected items. */
type Divergence<T> = {
  /** The index of the first unexpected item, or the number of items if one is missing. */
  readonly at: number;
  /** The expected item at that point; undefined if no more were expected. */
  readonly expected: Expected<T> | undefined;
};

/**
 * Returns the first difference between a list and an expected list, or undefined if it matches:
 * each entry matches one item, `...` any number of them. Of several possible matches, the one that
 * gets furthest is reported.
 */
export function divergence<T, A>(
  list: ExpectedList<T>,
  actual: readonly A[],
  fits: (expected: T, actual: A) => boolean,
): Divergence<T> | undefined {
  let furthest: Divergence<T> = { at: -1, expected: undefined };
  const leaves = (at: number, expected: Expected<T> | undefined): false => {
    if (at > furthest.at) furthest = { at, expected };
    return false;
  };
  /** Positions already tried: without them, many `...` would take very long. */
  const tried = new Set<number>();
  const match = (entry: number, at: number): boolean => {
    const key = entry * (actual.length + 1) + at;
    if (tried.has(key)) return false;
    tried.add(key);
    const next = list.entries[entry];
    if (next === undefined) return at === actual.length || leaves(at, undefined);
    if ('any' in next) return match(entry + 1, at) || (at < actual.length && match(entry, at + 1));
    const happened = actual[at];
    if (at >= actual.length || happened === undefined || !fits(next.value, happened))
      return leaves(at, next);
    return match(entry + 1, at + 1);
  };
  return match(0, 0) ? undefined : furthest;
}
