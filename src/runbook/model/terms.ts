import { parseDuration } from '#text/duration.ts';

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

/** The kinds of action that a step may run, each named by the key that makes it that kind. */
export const ACTION_KINDS = ['sql', 'shell', 'http', 'probe'] as const;
/** One of {@link ACTION_KINDS}. */
export type ActionKind = (typeof ACTION_KINDS)[number];

/** The time limit of one action that sets none, by its kind, as a runbook writes it. */
export const DEFAULT_TIMEOUT: Readonly<Record<ActionKind, string>> = {
  sql: '10s',
  shell: '60s',
  http: '30s',
  probe: '10s',
};

/** Returns the time limit of one action that sets none, in milliseconds. */
export function defaultTimeoutMs(kind: ActionKind): number {
  return parseDuration(DEFAULT_TIMEOUT[kind]) ?? 0;
}

/** The kinds of step, each named by the key that makes it that kind. */
export const STEP_KINDS = [
  ...ACTION_KINDS,
  'ask',
  'manual',
  'wait',
  'runbook',
  'parallel',
  'finish',
] as const;
/** One of {@link STEP_KINDS}. */
export type StepKind = (typeof STEP_KINDS)[number];

/** The ways to confirm a gate: with one key, or with a typed phrase. */
export const CONFIRM_LEVELS = ['key', 'type'] as const;
/** One of {@link CONFIRM_LEVELS}. */
export type ConfirmLevel = (typeof CONFIRM_LEVELS)[number];

/** The modes of a run: in a dry run, changes are shown and not run. */
export const RUN_MODES = ['live', 'dry-run'] as const;
/** One of {@link RUN_MODES}. */
export type RunMode = (typeof RUN_MODES)[number];
