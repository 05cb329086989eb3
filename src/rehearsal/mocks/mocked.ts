import type { Placed } from '#machine/placed-step.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Span } from '#runbook/yaml/source.ts';

/** Every step that a run can reach, by its ID in the run. */
export type PlacedSteps = ReadonlyMap<string, Placed>;

/** The result of one execution in a case. */
export type MockedResult = {
  readonly span: Span;
  readonly status: 'succeeded' | 'failed' | 'unknown';
  readonly result: Readonly<Record<string, Json>> | undefined;
  readonly error: StepError | undefined;
  /** Milliseconds on the clock of the case. */
  readonly takesMs: number;
  readonly optional: boolean;
};

/** The results of the executions of one part of a step. */
export type MockedPart = {
  readonly span: Span;
  /** True: one result for any number of executions; false: each result is used once, in order. */
  readonly every: boolean;
  readonly results: readonly MockedResult[];
  /** Defined at the top of the file for all cases; a case need not use it. */
  readonly shared: boolean;
};

/** The results of a step, by part: `action`, `preview`, `recheck`, `verify` or `undo`. */
export type MockedStep = {
  readonly span: Span;
  readonly parts: Readonly<Record<string, MockedPart>>;
};

/** The parts of a step's result that the expressions of a runbook read. */
export type FieldsRead = {
  /** The fields, e.g. `row`, `row_count`, `stdout`. */
  readonly fields: ReadonlySet<string>;
  /** The columns of the first row that are read by name. */
  readonly columns: ReadonlySet<string>;
  /** False if an expression reads a whole row, or rows other than the first. */
  readonly byName: boolean;
};
