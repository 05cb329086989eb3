/** The types of one value of an input. */
export const SCALAR_TYPES = ['text', 'number', 'boolean', 'duration', 'url'] as const;
/** One of {@link SCALAR_TYPES}. */
export type ScalarType = (typeof SCALAR_TYPES)[number];

/** The type of an input, which decides how its text is read. */
export type InputType = ScalarType | 'list';

/** The default of an input; null if it has none. */
export type InputDefault =
  | string
  | number
  | boolean
  | null
  | readonly (string | number | boolean)[];

/** The values that an input accepts, besides its type. Of a list, all but `min` and `max` are about each item. */
export type InputLimits = {
  /** The type of the items of a list; `text` if the author gave none. */
  readonly items?: ScalarType | undefined;
  /** The only values. */
  readonly enum?: readonly (string | number)[] | undefined;
  /** A regular expression that matches the whole text. */
  readonly pattern?: string | undefined;
  /** The least number or duration, as written; of a list, the least number of items. */
  readonly min?: string | number | undefined;
  /** The greatest number or duration, as written; of a list, the greatest number of items. */
  readonly max?: string | number | undefined;
};

/** A value that the operator gives to a run. */
export type InputDefinition = InputLimits & {
  readonly name: string;
  readonly type: InputType;
  readonly secret: boolean;
  /** Optional inputs without a value are `null` in expressions. */
  readonly required: boolean;
  readonly default: InputDefault;
  /** The environment variable that is read if no value was given. */
  readonly env: string | undefined;
  readonly description: string | undefined;
};

/** Returns the type of one value: of a list, that of its items. */
export function scalarTypeOf({
  type,
  items = 'text',
}: Pick<InputDefinition, 'type' | 'items'>): ScalarType {
  return type === 'list' ? items : type;
}
