import type { Diagnostic } from '../diagnostic.ts';
import type { Phase, Runbook } from '../model/runbook.ts';
import type { Span } from '../yaml/source.ts';
import type { BodySurroundings } from './body-place.ts';

/** The rest of the runbook, as the context of reading a step. */
export type StepSurroundings = Omit<BodySurroundings, 'env' | 'at'> & {
  /** The steps that `goto` can name. */
  readonly stepIds: ReadonlySet<string>;
  /** The `parallel` step of each branch, by the branch's ID. */
  readonly branches: ReadonlyMap<string, string>;
  readonly phaseBefore: Phase;
  readonly link: LinkRunbook;
  /** Returns whether there is a runbook of a name; where none can be looked up, there is any. */
  readonly isRunbook: (name: string) => boolean;
};

/** The rest of the runbook and of the step, as the context of reading a body. */
export type ActionSurroundings = StepSurroundings & BodySurroundings;

/** Returns the runbook with a name, which is at `span`; reports if none can be used. */
export type LinkRunbook = (name: string, span: Span, problems: Diagnostic[]) => Runbook | undefined;
