import { known, type Reason, unsure } from '../report.ts';
import { type Change, type FlagSpec, type Flags, readFlags } from './flags.ts';
import type { Call, Judge, Judging, Rules } from './judging.ts';
import type { Word } from './words.ts';

/** A change that can be taken back, as far as a classifier can know. */
export const change = (text: string): Change => ({ effect: 'change', text });

/** A change that ends sessions or processes, loses data, or takes something out of service. */
export const destructive = (text: string): Change => ({ effect: 'destructive', text });

/** Nothing this command can be given makes it change anything. */
export const harmless: Judge = () => [];

/** This command changes something whatever it is given. */
export const changes =
  ({ effect, text }: Change): Judge =>
  ({ name, span }) => [known(effect, `${name} ${text}`, span)];

/** This command may do anything. */
export const unknown =
  (text: string): Judge =>
  ({ name, span }) => [unsure(`${name} ${text}`, span)];

/** A command that speaks to servers line by line: a line break in a word may begin another command. */
export const oneLine =
  (judge: Judge): Judge =>
  (call, judging) => [
    ...judge(call, judging),
    ...call.words
      .filter(({ text, prefix }) => (text ?? prefix).includes('\n'))
      .map(({ span }) => unsure(`${call.name} with a line break in a word may send more`, span)),
  ];

/** A command that is known to take something away where one of its words is like this. */
export const orLoss =
  (like: RegExp, judge: Judge = unknown('is not known to only read')): Judge =>
  (call, judging) => {
    const loss = call.words.find(({ text }) => like.test(text ?? ''));
    return loss === undefined
      ? judge(call, judging)
      : [known('destructive', `${call.name} ${loss.text} takes something away`, loss.span)];
  };

/** What a command may be given besides flags. */
export type OperandSpec = {
  /** Fewer operands than this: it takes its orders from elsewhere. */
  readonly least?: number;
  /** More operands than this are not known to be read only. */
  readonly most?: number;
  /** What each operand must look like. */
  readonly like?: RegExp;
  /** What the first operand must look like, e.g. a format or a program. */
  readonly first?: RegExp;
  /** What operands beyond that do, when it is known. */
  readonly otherwise?: Change;
  /** Flags of which one must be given. */
  readonly needs?: string;
  /** What the values of flags must look like. */
  readonly values?: Readonly<Record<string, RegExp>>;
};

/** A command that only reads with the flags and operands of its spec. */
export const flagged =
  (spec: FlagSpec & OperandSpec): Judge =>
  (call) => {
    const flags = readFlags(call, spec);
    return [...flags.reasons, ...judgeOperands(call, flags, spec)];
  };

/** A command that only reads in one form or the other, each with flags of its own. */
export const either =
  (one: Judge, other: Judge): Judge =>
  (call, judging) => {
    const reasons = one(call, judging);
    return reasons.length === 0 ? reasons : other(call, judging);
  };

/** Judges operands and missing flags. */
export function judgeOperands(call: Call, flags: Flags, spec: OperandSpec): readonly Reason[] {
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

/** Judges the value of each flag, also of one that is given again, by what values of it must look like. */
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

/** A command whose first operand says what it does. */
export type VerbSpec = FlagSpec & {
  /** By verb; a key may hold several verbs, apart by spaces. */
  readonly verbs: Readonly<Record<string, Judge>>;
  /** What it does without a verb; unknown when left out. */
  readonly alone?: Judge;
};

/** A command whose first operand says what it does. */
export const verbs = (spec: VerbSpec): Judge => {
  const table = expandRules(spec.verbs);
  const flags: FlagSpec = { ...spec, stopsAtOperand: true };
  return (call: Call, judging: Judging) => {
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

/** Returns rules by single name. */
export function expandRules(rules: Rules): ReadonlyMap<string, Judge> {
  return new Map(
    Object.entries(rules).flatMap(([names, rule]) =>
      names.split(/\s+/).map((name) => [name, rule] as const),
    ),
  );
}
