import { byWord } from '#text/words.ts';
import { known, type Reason, unsure } from '../report.ts';
import { type Change, type FlagSpec, type Flags, readFlags } from './flags.ts';
import type { Call, Judge, Judging, Rules } from './judging.ts';
import type { Word } from './words.ts';

/** Returns a change that is presumably reversible. */
export const change = (text: string): Change => ({ effect: 'change', text });

/**
 * Returns a change that ends sessions or processes, loses data, or takes something out of service.
 */
export const destructive = (text: string): Change => ({ effect: 'destructive', text });

/** Judges a command whose flags are judged already, or whose words are neither flags nor files. */
export const shows: Judge = () => [];

/** Returns a judge for a command that always has an effect. */
export const changes =
  ({ effect, text }: Change): Judge =>
  ({ name, span }) => [known(effect, `${name} ${text}`, span)];

/** Returns a judge for a command that may do anything. */
export const unknown =
  (text: string): Judge =>
  ({ name, span }) => [unsure(`${name} ${text}`, span)];

/**
 * Returns a judge for a command with a line-based protocol: a line break in a word may start
 * another command.
 */
export const oneLine =
  (judge: Judge): Judge =>
  (call, judging) => [
    ...judge(call, judging),
    ...call.words
      .filter(({ text, prefix }) => (text ?? prefix).includes('\n'))
      .map(({ span }) => unsure(`${call.name} with a line break in a word may send more`, span)),
  ];

/** Returns a judge for a command that is destructive if one of its words matches. */
export const orLoss =
  (like: RegExp, judge: Judge = unknown('is not known to only read')): Judge =>
  (call, judging) => {
    const loss = call.words.find(({ text }) => like.test(text ?? ''));
    return loss === undefined
      ? judge(call, judging)
      : [known('destructive', `${call.name} ${loss.text} takes something away`, loss.span)];
  };

/** The constraints on a command's operands and flags. */
export type OperandSpec = {
  /** The minimum number of operands: with fewer, the command reads its orders from elsewhere. */
  readonly least?: number;
  /** The maximum number of operands known to only be read. */
  readonly most?: number;
  /** A pattern for each operand. */
  readonly like?: RegExp;
  /** A pattern for the first operand, e.g. a format or a program. */
  readonly first?: RegExp;
  /** The effect of operands outside these constraints, if known. */
  readonly otherwise?: Change;
  /** Flags of which at least one is required. */
  readonly needs?: string;
  /** Patterns for the values of flags. */
  readonly values?: Readonly<Record<string, RegExp>>;
};

/** Returns a judge for a command that only reads with the flags and operands of its spec. */
export const flagged =
  (spec: FlagSpec & OperandSpec): Judge =>
  (call) => {
    const flags = readFlags(call, spec);
    return [...flags.reasons, ...judgeOperands(call, flags, spec)];
  };

/** Returns the judges of commands that read with these flags: `NAME … | FLAGS`, separated by `;`. */
export function byFlags(table: string, spec: Omit<FlagSpec, 'flags'> & OperandSpec = {}): Rules {
  const entries = table.split(';').map((entry) => entry.split('|'));
  return Object.fromEntries(
    entries.map(([names = '', flags = '']) => [
      names.trim(),
      flagged({ ...spec, flags: `${flags} --help --version` }),
    ]),
  );
}

/** Returns a judge for a command that only reads in one of two forms, each with its own flags. */
export const either =
  (one: Judge, other: Judge): Judge =>
  (call, judging) => {
    const reasons = one(call, judging);
    return reasons.length === 0 ? reasons : other(call, judging);
  };

/** Judges operands and missing flags. */
function judgeOperands(call: Call, flags: Flags, spec: OperandSpec): readonly Reason[] {
  const { least = 0, most = Number.POSITIVE_INFINITY, like, otherwise, needs, values = {} } = spec;
  const { first } = spec;
  const beyond = flags.operands.flatMap((word, index) => {
    const isOne = index < most && (word.count === 'one' || most === Number.POSITIVE_INFINITY);
    const shape = index === 0 ? (first ?? like) : like;
    const isLike = shape === undefined || (word.text !== undefined && shape.test(word.text));
    return isOne && isLike ? [] : [word];
  });
  const given = new Set(flags.given.map(({ flag }) => flag));
  const isMissing = needs !== undefined && !needs.split(' ').some((flag) => given.has(flag));
  return [
    ...beyond.map((word) => judgeOperand(call, word, otherwise)),
    ...judgeValues(call, flags.given, values),
    ...(isMissing
      ? [unsure(`${call.name} without ${needs} may do more than read`, call.span)]
      : []),
    ...(flags.operands.length < least
      ? [unsure(`${call.name} alone takes its orders from its input`, call.span)]
      : []),
  ];
}

/** Judges the value of each flag, including repeated ones, against its pattern. */
export function judgeValues(
  { name, span }: Call,
  given: Flags['given'],
  values: Readonly<Record<string, RegExp>>,
): readonly Reason[] {
  return given.flatMap(({ flag, value }) =>
    values[flag]?.test(value?.text ?? '') === false
      ? [unsure(`${name} ${flag} with this value is not known to only read`, value?.span ?? span)]
      : [],
  );
}

function judgeOperand({ name }: Call, word: Word, otherwise: Change | undefined): Reason {
  const shown = word.text ?? 'this value';
  return otherwise !== undefined && word.text !== undefined
    ? known(otherwise.effect, `${name} ${otherwise.text}`, word.span)
    : unsure(`${name} is not known to only read with ${shown}`, word.span);
}

/** A command whose first operand determines its effect. */
type VerbSpec = FlagSpec & {
  /** Judges by verb; a key may list several verbs, separated by spaces. */
  readonly verbs: Readonly<Record<string, Judge>>;
  /** Judges the command without a verb; unknown if undefined. */
  readonly alone?: Judge;
};

/** Returns a judge for a command whose first operand determines its effect. */
export const verbs = (spec: VerbSpec): Judge => {
  const table = expandRules(spec.verbs);
  const flags: FlagSpec = { ...spec, stopsAtOperand: true };
  return (call: Call, judging: Judging) => {
    const [only, another] = call.words;
    const isAlone = another === undefined && !call.name.includes(' ');
    // A program with verbs then prints its version, or does not know the flag.
    if (isAlone && only?.text === '--version') return [];
    const { operands, reasons } = readFlags(call, flags);
    const [verb, ...words] = operands;
    if (verb === undefined)
      return [
        ...reasons,
        ...(spec.alone ?? unknown('alone is not known to only read'))(call, judging),
      ];
    const name = `${call.name} ${verb.text ?? '…'}`;
    const rule = table.get(verb.text ?? '') ?? unknown('is not known to only read');
    return [...reasons, ...rule({ ...call, name, span: verb.span, words }, judging)];
  };
};

/** Expands rules to single names. */
export function expandRules(rules: Rules): ReadonlyMap<string, Judge> {
  return byWord(rules);
}
