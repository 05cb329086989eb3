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

/** The meaning of an outcome, and its presentation. */
export type OutcomeFacts = {
  /** The incident is over. */
  readonly endsIncident: boolean;
  readonly sign: string;
  /** Its color, by role. */
  readonly role: 'success' | 'warning' | 'danger';
  readonly exitCode: ExitCode;
};

/** The facts of every outcome. */
export const OUTCOME_FACTS: Readonly<Record<RunOutcome, OutcomeFacts>> = {
  resolved: { endsIncident: true, sign: '✓', role: 'success', exitCode: EXIT.ok },
  unresolved: { endsIncident: false, sign: '✗', role: 'danger', exitCode: EXIT.unresolved },
  escalated: { endsIncident: false, sign: '▲', role: 'warning', exitCode: EXIT.escalated },
  aborted: { endsIncident: false, sign: '✗', role: 'danger', exitCode: EXIT.aborted },
};

/** Returns whether the incident is over; false for a run without an outcome yet. */
export function endsIncident(outcome: RunOutcome | undefined): boolean {
  return outcome !== undefined && OUTCOME_FACTS[outcome].endsIncident;
}

/** Returns whether a runbook ended without ending the incident; false for an abort by the operator. */
export function leavesIncident(outcome: RunOutcome | undefined): boolean {
  return OUTCOMES.some((one) => one === outcome) && !endsIncident(outcome);
}
