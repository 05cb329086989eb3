/** The effects of an action, least dangerous first. */
export const EFFECTS = ['read', 'change', 'destructive'] as const;
/** One of {@link EFFECTS}. */
export type Effect = (typeof EFFECTS)[number];

/** The parts of an incident, in order; they group the screen and the transcript. */
export const PHASES = ['diagnose', 'fix', 'verify'] as const;
/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** The severities of the incidents of a runbook, lowest first. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number];
/** The severity of a runbook that sets none. */
export const DEFAULT_SEVERITY: Severity = 'medium';

/** The ways to confirm a gate: with one key, or with a typed phrase. */
export const CONFIRM_LEVELS = ['key', 'type'] as const;
/** One of {@link CONFIRM_LEVELS}. */
export type ConfirmLevel = (typeof CONFIRM_LEVELS)[number];

/** The modes of a run: in a dry run, changes are shown and not run. */
export const RUN_MODES = ['live', 'dry-run'] as const;
/** One of {@link RUN_MODES}. */
export type RunMode = (typeof RUN_MODES)[number];
