import { EXIT, type ExitCode } from '#errors.ts';

/**
 * The outcomes of a runbook that `finish` can set. Schemas, completion and reports derive from it.
 */
export const OUTCOMES = ['resolved', 'unresolved', 'escalated'] as const;
/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** The outcomes of a run: those of its runbook, or aborted by the operator. */
export const RUN_OUTCOMES = [...OUTCOMES, 'aborted'] as const;
/** One of {@link RUN_OUTCOMES}. */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** The presentation of an outcome. */
export type OutcomeFacts = {
  readonly sign: string;
  /** Its color, by role. */
  readonly role: 'success' | 'warning' | 'danger';
  readonly exitCode: ExitCode;
};

/** The sign, color and exit code of every outcome. */
export const OUTCOME_FACTS: Readonly<Record<RunOutcome, OutcomeFacts>> = {
  resolved: { sign: '✓', role: 'success', exitCode: EXIT.ok },
  unresolved: { sign: '✗', role: 'danger', exitCode: EXIT.unresolved },
  escalated: { sign: '▲', role: 'warning', exitCode: EXIT.escalated },
  aborted: { sign: '✗', role: 'danger', exitCode: EXIT.aborted },
};
