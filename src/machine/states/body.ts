import type { MachineContext } from '../context.ts';
import type { Await } from '../effect.ts';
import type { StateConfig } from '../vocabulary.ts';

/**
 * The states of a step's work, which lead to `succeeded`, `failed`, `skipped` or `simulated`. Those
 * are defined around it: the work is done once, or for every item of a list.
 */
export type Body = {
  /** The initial state. */
  readonly first: string;
  /** The initial state of a retry, if it differs. */
  readonly again?: string;
  /** The guard under which it may start without the operator. */
  readonly byItself: 'runsByItself' | 'mayRun';
  readonly states: NonNullable<StateConfig['states']>;
  /** The action that a start would run, for display. */
  readonly action?: (context: MachineContext) => Await['action'];
};
