import { words } from '#text/words.ts';
import { known, type Reason, unsure } from '../report.ts';
import type { Call } from './judging.ts';
import type { Word } from './words.ts';

/** The effect of a flag or subcommand that does more than read. */
export type Change = { readonly effect: 'change' | 'destructive'; readonly text: string };

/** The flags of a command: those that leave it a read, and known others. */
export type FlagSpec = {
  /**
   * Separated by white space: `-abc` are three flags, `-n:` takes a value, `-i?` takes an optional
   * attached value, `--long`, `--long=` takes a value, `--long?` takes an optional `=value`, `-#`
   * is any number.
   */
  readonly flags: string;
  /** In the same notation. */
  readonly changing?: Readonly<Record<string, Change>>;
  /** `whole`: a word that starts with `-` is one flag (`find -name`), never several letters. */
  readonly style?: 'getopt' | 'whole';
  /** True if no flag of the command does more than read, on any system: a value may be one. */
  readonly takesAny?: boolean;
  /** True if everything after the first operand belongs to another command. */
  readonly stopsAtOperand?: boolean;
};

/** The parsed words of a call. */
export type Flags = {
  readonly given: readonly { readonly flag: string; readonly value: Word | undefined }[];
  readonly operands: readonly Word[];
  readonly reasons: readonly Reason[];
};

type Arity = 'none' | 'value' | 'optional';
type Known = { readonly arity: Arity; readonly change: Change | undefined };
type Table = ReadonlyMap<string, Known>;

const TABLES = new WeakMap<FlagSpec, Table>();

/**
 * Parses the words of a call into flags and operands. Anything not in the spec becomes a reason.
 */
export function readFlags(call: Call, spec: FlagSpec): Flags {
  const reading = new FlagReading(call, spec);
  while (reading.next());
  return reading;
}

class FlagReading implements Flags {
  readonly given: { flag: string; value: Word | undefined }[] = [];
  readonly operands: Word[] = [];
  readonly reasons: Reason[] = [];
  readonly #call: Call;
  readonly #spec: FlagSpec;
  readonly #table: Table;
  #at = 0;

  constructor(call: Call, spec: FlagSpec) {
    this.#call = call;
    this.#spec = spec;
    this.#table = tableOf(spec);
  }

  /** Parses the next word. Returns false if there is none. */
  next(): boolean {
    const word = this.#call.words[this.#at];
    if (word === undefined) return false;
    this.#at += 1;
    if (word.text === '--') this.#takeRest();
    else if (isOperand(word) || this.#mayBeAnything(word)) this.#operand(word);
    else if (word.count !== 'one') this.#doubt(word, 'may become several words, and flags,');
    else if (word.text === undefined && !word.prefix.startsWith('-'))
      this.#doubt(word, 'may be a flag');
    else this.#flag(word);
    return true;
  }

  #mayBeAnything({ text, prefix }: Word): boolean {
    return this.#spec.takesAny === true && text === undefined && !prefix.startsWith('-');
  }

  #operand(word: Word): void {
    this.operands.push(word);
    if (this.#spec.stopsAtOperand === true) this.#takeRest();
  }

  #takeRest(): void {
    this.operands.push(...this.#call.words.slice(this.#at));
    this.#at = this.#call.words.length;
  }

  /** Adds a reason with a hint: after `--` no word is a flag. */
  #doubt(word: Word, what: string): void {
    const separated = this.#spec.style === 'whole' ? '' : '; write -- before it';
    const hint =
      word.count === 'one' ? separated : '; make it one word: "$NAME", with NAME in env:';
    const text = `a value ${what} of ${this.#call.name}${hint}`;
    this.reasons.push(unsure(text, word.span));
    this.operands.push(word);
  }

  #flag(word: Word): void {
    const text = word.text ?? word.prefix;
    if (text.startsWith('--') || this.#spec.style === 'whole') this.#whole(word, text);
    else if (/^-\d+$/.test(text) && this.#table.has('-#')) this.#named('-#', word, undefined);
    else this.#letters(word, text);
  }

  #whole(word: Word, text: string): void {
    const equals = text.indexOf('=');
    if (equals >= 0) this.#named(text.slice(0, equals), word, part(word, equals + 1));
    else if (word.text === undefined) this.#doubt(word, 'is part of a flag');
    else this.#named(text, word, undefined);
  }

  #letters(word: Word, text: string): void {
    for (let at = 1; at < text.length; at += 1) {
      const flag = `-${text[at]}`;
      const arity = this.#table.get(flag)?.arity;
      const isLast = at + 1 === text.length && word.text !== undefined;
      this.#named(flag, word, arity === 'value' && !isLast ? part(word, at + 1) : undefined);
      if (arity !== 'none') return;
    }
    if (word.text === undefined) this.#doubt(word, 'is part of a flag');
  }

  /** Adds a flag by name, with its attached value, if any. */
  #named(flag: string, word: Word, glued: Word | undefined): void {
    const entry = this.#table.get(flag);
    const { name } = this.#call;
    if (entry === undefined) {
      this.reasons.push(unsure(`${name} ${flag} is not known to only read`, word.span));
      return;
    }
    const { change } = entry;
    if (change !== undefined)
      this.reasons.push(known(change.effect, `${name} ${flag} ${change.text}`, word.span));
    if (glued !== undefined && entry.arity === 'none')
      this.reasons.push(unsure(`${name} ${flag} is not known to take a value`, word.span));
    const value = glued ?? (entry.arity === 'value' ? this.#value() : undefined);
    this.given.push({ flag, value });
  }

  /** Takes the next word as a value. If it looks like a flag, it must also be harmless as one. */
  #value(): Word | undefined {
    const word = this.#call.words[this.#at];
    if (word === undefined) return undefined;
    this.#at += 1;
    if (this.#mayBeAnything(word)) return word;
    if (word.count !== 'one') this.#doubt(word, 'may become several words, and flags,');
    else if (word.text !== undefined && /^-\D/.test(word.text) && !this.#isHarmless(word.text))
      this.reasons.push(unsure(`${word.text} may be a flag of ${this.#call.name}`, word.span));
    return word;
  }

  #isHarmless(text: string): boolean {
    const name = text.startsWith('--') ? (text.split('=')[0] ?? '') : text;
    const isOne = text.startsWith('--') || this.#spec.style === 'whole';
    const names = isOne ? [name] : [...text.slice(1)].map((letter) => `-${letter}`);
    return names.every((one) => this.#table.get(one)?.change === undefined && this.#table.has(one));
  }
}

/** Returns whether a word is an operand. A lone `-` means standard input. */
function isOperand({ text, prefix, count }: Word): boolean {
  if (count === 'any') return false;
  if (text !== undefined) return !text.startsWith('-') || text === '-';
  return prefix !== '' && !prefix.startsWith('-');
}

/** Returns the rest of a word from an offset on. */
function part(word: Word, from: number): Word {
  const exactAt = word.exactAt === undefined ? undefined : word.exactAt + from;
  const { text, prefix, outline } = word;
  const rest = {
    text: text?.slice(from),
    prefix: prefix.slice(from),
    outline: outline.slice(from),
  };
  return { ...word, ...rest, exactAt };
}

function tableOf(spec: FlagSpec): Table {
  const cached = TABLES.get(spec);
  if (cached !== undefined) return cached;
  const table = new Map<string, Known>();
  const add = (text: string, change: Change | undefined): void => {
    for (const token of words(text))
      for (const [flag, arity] of flagsIn(token, spec.style === 'whole'))
        table.set(flag, { arity, change });
  };
  add(spec.flags, undefined);
  for (const [text, change] of Object.entries(spec.changing ?? {})) add(text, change);
  TABLES.set(spec, table);
  return table;
}

const ARITIES: Readonly<Record<string, Arity>> = { ':': 'value', '=': 'value', '?': 'optional' };

/**
 * Returns the flags of a spec's token. In a cluster such as `-abc:` only the last letter takes the
 * value.
 */
function flagsIn(token: string, isWhole: boolean): readonly (readonly [string, Arity])[] {
  const arity = ARITIES[token.at(-1) ?? ''] ?? 'none';
  const flag = arity === 'none' ? token : token.slice(0, -1);
  if (isWhole || flag.startsWith('--')) return [[flag, arity]];
  return [...flag.slice(1)].map((letter, index) => {
    const isLast = index + 2 === flag.length;
    return [`-${letter}`, isLast ? arity : 'none'] as const;
  });
}
