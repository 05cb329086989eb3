import type { InputDefinition } from '../model/input-definition.ts';
import type { SecretNames } from '../model/secrets.ts';
import type { PlaceDefinition, TargetDefinition } from '../model/target-definition.ts';
import type { Fields } from '../model/value-type.ts';
import type { PartReader, Path } from './part-reader.ts';

/** The context of a body; the variables of a script and the target belong to its whole step. */
export type BodySurroundings = {
  readonly names: Fields;
  readonly inputs: readonly InputDefinition[];
  readonly targets: readonly TargetDefinition[];
  /** The target of the steps that name none, if the runbook names one. */
  readonly on: string | undefined;
  readonly secrets: SecretNames;
  readonly env: readonly string[];
  /** The name of the step's target, or an address of its own. */
  readonly at: string | PlaceDefinition | undefined;
};

/** Where a body is written, and the context of reading it. */
export type BodyPlace = {
  readonly path: Path;
  /** The target that the part itself names; once it is read, that of its step if it names none. */
  readonly on: BodySurroundings['at'];
  readonly names: Fields;
  readonly reader: PartReader;
  readonly around: BodySurroundings;
};
