import type { Diagnostic } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import type { InputDefinition, Phase, Runbook, TargetDefinition } from '../model/runbook.ts';
import type { SecretNames } from '../model/secrets.ts';
import type { Span } from '../yaml/source.ts';

/** The rest of the runbook, as the context of reading a step. */
export type StepSurroundings = {
  readonly names: Names;
  readonly inputs: readonly InputDefinition[];
  readonly targets: readonly TargetDefinition[];
  /** The target of the steps that name none, if the runbook names one. */
  readonly on: string | undefined;
  /** The steps that `goto` can name. */
  readonly stepIds: ReadonlySet<string>;
  /** The `parallel` step of each branch, by the branch's ID. */
  readonly branches: ReadonlyMap<string, string>;
  readonly secrets: SecretNames;
  readonly phaseBefore: Phase;
  readonly link: LinkRunbook;
};

/** Returns the runbook with a name, which is at `span`; reports if none can be used. */
export type LinkRunbook = (name: string, span: Span, problems: Diagnostic[]) => Runbook | undefined;
