import { EXIT, type ExitCode } from '#errors.ts';

/** How a runbook can end, as `finish` says. Schemas, completion and reports derive from this list. */
export const OUTCOMES = ['resolved', 'unresolved', 'escalated'] as const;
/** One of {@link OUTCOMES}. */
export type Outcome = (typeof OUTCOMES)[number];

/** How a run can end: as its runbook says, or because the operator aborted it. */
export const RUN_OUTCOMES = [...OUTCOMES, 'aborted'] as const;
/** One of {@link RUN_OUTCOMES}. */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** How an outcome is shown and reported. */
export type OutcomeFacts = {
  readonly sign: string;
  /** Its colour, by role. */
  readonly role: 'success' | 'warning' | 'danger';
  readonly exitCode: ExitCode;
};

/** The sign, colour and exit code of every outcome. */
export const OUTCOME_FACTS: Readonly<Record<RunOutcome, OutcomeFacts>> = {
  resolved: { sign: '✓', role: 'success', exitCode: EXIT.ok },
  unresolved: { sign: '✗', role: 'danger', exitCode: EXIT.unresolved },
  escalated: { sign: '▲', role: 'warning', exitCode: EXIT.escalated },
  aborted: { sign: '✗', role: 'danger', exitCode: EXIT.aborted },
};
