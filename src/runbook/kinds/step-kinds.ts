import { ACTION_KIND_NAMES, type ActionKind } from './action-kinds.ts';

const OTHER_KINDS = ['ask', 'manual', 'wait', 'runbook', 'parallel', 'finish'] as const;

/** The kinds of step, each named by the key that makes it that kind. */
export const STEP_KINDS = [...ACTION_KIND_NAMES, ...OTHER_KINDS];
/** One of {@link STEP_KINDS}. */
export type StepKind = ActionKind | (typeof OTHER_KINDS)[number];
