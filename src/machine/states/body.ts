import type { MachineContext } from '../context.ts';
import type { Await } from '../effect.ts';
import type { StateConfig } from '../vocabulary.ts';

/**
 * What a step does, as states that lead to `succeeded`, `failed`, `skipped` or `simulated`. What
 * these are is for others to say: a step does it once, or for every item of a list.
 */
export type Body = {
  /** The state it begins with. */
  readonly first: string;
  /** The state it begins with again after a failure, if that is another one. */
  readonly again?: string;
  /** When it may begin without the operator. */
  readonly byItself: 'runsByItself' | 'mayRun';
  readonly states: NonNullable<StateConfig['states']>;
  /** What a start would run, to be shown before. */
  readonly action?: (context: MachineContext) => Await['action'];
};
