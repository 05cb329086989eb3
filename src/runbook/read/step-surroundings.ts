import type { Diagnostic } from '../diagnostic.ts';
import type { Names } from '../expression/known-names.ts';
import type { InputDefinition, Phase, Runbook, TargetDefinition } from '../model/runbook.ts';
import type { SecretNames } from '../model/secrets.ts';
import type { PlaceDefinition } from '../model/target-definition.ts';
import type { Span } from '../yaml/source.ts';
import type { PartReader, Path } from './part-reader.ts';

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

/** The variables of a script and the target of its step belong to the whole step, its verification included. */
export type ActionSurroundings = StepSurroundings & {
  readonly env: readonly string[];
  /** The name of the step's target, or an address of its own. */
  readonly at: string | PlaceDefinition | undefined;
};

/** Where a body is written, and the context of reading it. */
export type BodyPlace = {
  readonly path: Path;
  /** The target that the part itself names; once it is read, that of its step if it names none. */
  readonly on: ActionSurroundings['at'];
  readonly names: Names;
  readonly reader: PartReader;
  readonly around: ActionSurroundings;
};

/** Returns the runbook with a name, which is at `span`; reports if none can be used. */
export type LinkRunbook = (name: string, span: Span, problems: Diagnostic[]) => Runbook | undefined;
