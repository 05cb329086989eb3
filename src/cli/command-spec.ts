/** A source of candidates for completion; see `commands/completion/candidates.ts`. */
export type CandidateSource =
  | 'runbook'
  | 'run'
  | 'file'
  | 'folder'
  | 'input'
  | 'step'
  | 'environment'
  | 'server'
  | 'fault';

/** A value on a command line: its possible values, or the source of candidates for it. */
type ValueSpec = {
  /** The only possible values; any other is rejected. */
  readonly values?: readonly string[];
  readonly candidates?: CandidateSource;
};

/** An option of a command. Without `value` it is a flag. */
export type OptionSpec = ValueSpec & {
  readonly about: string;
  /** The name of its value in the help, e.g. `FOLDER`. */
  readonly value?: string;
  readonly short?: string;
  readonly default?: string;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Takes several of its possible values, separated by commas. */
  readonly list?: true;
};

/** The positional argument of a command. */
export type ArgumentSpec = ValueSpec & {
  /** Its name in the help and in errors, e.g. `RUNBOOK`. */
  readonly name: string;
  readonly count: 'one' | 'optional' | 'many';
  /** A command that lists possible arguments, for the error if it is missing. */
  readonly try?: string;
};

/** One command: its parser, its help and its completion derive from this declaration. */
export type CommandSpec = {
  /** One imperative sentence without a period, e.g. `List runbooks`. */
  readonly summary: string;
  readonly argument?: ArgumentSpec;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Paragraphs between the usage and the options. Text with line breaks is printed verbatim. */
  readonly about?: readonly string[];
  /** Paragraphs after the options. */
  readonly notes?: readonly string[];
  /** Advice if a positional argument is given and none is accepted. */
  readonly instead?: string;
};

type OneOf<V extends ValueSpec> = V extends { readonly values: readonly (infer T)[] } ? T : string;

type OptionValue<O extends OptionSpec> = O extends { readonly value: string }
  ? O extends { readonly repeatable: true }
    ? readonly OneOf<O>[]
    : O extends { readonly list: true }
      ? readonly OneOf<O>[] | undefined
      : O extends { readonly default: string }
        ? OneOf<O>
        : OneOf<O> | undefined
  : boolean;

type ArgumentValue<A> = A extends ArgumentSpec
  ? A['count'] extends 'many'
    ? readonly OneOf<A>[]
    : A['count'] extends 'one'
      ? OneOf<A>
      : OneOf<A> | undefined
  : undefined;

/** A parsed command line of a spec. */
export type CommandLine<S extends CommandSpec> = {
  readonly argument: ArgumentValue<S['argument']>;
  readonly options: { readonly [K in keyof S['options']]: OptionValue<S['options'][K]> };
};
