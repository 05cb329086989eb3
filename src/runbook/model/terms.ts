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

/** The kinds of step, each named by the key that makes it that kind. */
const STEP_KINDS = [
  'sql',
  'shell',
  'probe',
  'ask',
  'manual',
  'wait',
  'runbook',
  'parallel',
  'finish',
] as const;
/** One of {@link STEP_KINDS}. */
export type StepKind = (typeof STEP_KINDS)[number];
