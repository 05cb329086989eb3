import type { Phrase } from './compile-signatures.ts';
import { createAnchorFinder } from './find-anchors.ts';
import { LOOPBACK, PORTS } from './kin.ts';
import { DATABASE_HINTS, DATABASE_WORDS, FOREIGN_WORDS } from './kin-words.ts';
import { MYSQL_HINTS, MYSQL_LOG_NUMBERS, MYSQL_NUMBERS } from './mysql-numbers.ts';
import { PLAIN_ANCHORS } from './signatures/plain-words.ts';
import { SQLSTATES } from './sqlstates.ts';
import type { CompiledSymptom } from './symptoms.ts';

type Kind = 'phrase' | 'code' | 'number' | 'database' | 'hint' | 'foreign' | 'failure' | 'symptom';
type Anchor = { readonly kind: Kind; readonly index: number; readonly text: string };

/** Most lines have none. */
const NO_PHRASES: Seen['phrases'] = new Map();

/** The anchors found in a text in one pass. */
export type Seen = {
  /** The phrases whose anchor occurs, with the offsets of its first and last occurrence. */
  phrases: Map<number, { readonly first: number; last: number }>;
  readonly symptoms: Set<number>;
  /** `code` is an error code in a notation that only databases use; `number` may be any number. */
  code: boolean;
  number: boolean;
  database: boolean;
  hint: boolean;
  foreign: boolean;
  /** A word of the sentences in which an application says that it has no database. */
  failure: boolean;
};

/** Returns a function that finds the anchors of a folded text. */
export function createSight(
  phrases: readonly Phrase[],
  symptoms: readonly CompiledSymptom[],
): (text: string) => Seen {
  const anchors: readonly Anchor[] = [
    ...phrases.map(({ anchor }, index) => ({ kind: 'phrase', index, text: anchor }) as const),
    ...words('code', CODES),
    ...words('number', NUMBERS),
    ...words('database', DATABASE_WORDS),
    ...words('hint', DATABASE_HINTS),
    ...words('foreign', FOREIGN_WORDS),
    ...words('failure', PLAIN_ANCHORS),
    ...symptoms.flatMap(({ anchor }, index) =>
      anchor === undefined ? [] : [{ kind: 'symptom', index, text: anchor } as const],
    ),
  ];
  const finder = createAnchorFinder(anchors.map(({ text }) => text));
  const always = symptoms.flatMap(({ anchor }, index) => (anchor === undefined ? [index] : []));
  return (text) => {
    const seen: Seen = {
      phrases: NO_PHRASES,
      symptoms: new Set(always),
      code: false,
      number: false,
      database: false,
      hint: false,
      foreign: false,
      failure: false,
    };
    finder.scan(text, (anchor, start) => note(seen, anchors[anchor], text, start));
    return seen;
  };
}

/** Returns whether nothing in a text speaks of a failed connection. */
export function isSilent(seen: Seen): boolean {
  const sentence = seen.failure && (seen.database || seen.hint);
  return seen.phrases.size === 0 && !seen.code && !(seen.number && seen.database) && !sentence;
}

const STATES = Object.keys(SQLSTATES);
const CODES = [
  ...STATES.filter((code) => /[A-Z]/.test(code)).map((code) => code.toLowerCase()),
  ...Object.keys(MYSQL_NUMBERS).map((number) => `${number} (`),
  ...Object.keys(MYSQL_LOG_NUMBERS),
];
const NUMBERS = [
  'my-00',
  ...STATES.filter((code) => !/[A-Z]/.test(code)),
  ...Object.keys(MYSQL_NUMBERS),
  ...Object.keys(MYSQL_HINTS),
];

function words(kind: Kind, texts: readonly string[]): readonly Anchor[] {
  return texts.map((text, index) => ({ kind, index, text }));
}

function note(seen: Seen, anchor: Anchor | undefined, text: string, start: number): void {
  if (anchor === undefined) return;
  const { kind, index } = anchor;
  if (kind === 'symptom') {
    seen.symptoms.add(index);
  } else if (kind === 'phrase') {
    const known = seen.phrases.get(index);
    if (known !== undefined) known.last = start;
    else {
      if (seen.phrases === NO_PHRASES) seen.phrases = new Map();
      seen.phrases.set(index, { first: start, last: start });
    }
  } else if (!seen[kind] && startsWord(text, start)) seen[kind] = true;
}

/** Returns whether a word starts at an offset: `ws:` inside `rows:` does not count. */
function startsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return !(before >= 97 && before <= 122);
}

/** Returns every text with a number that a rule compares. */
export function numbersRead(
  phrases: readonly Phrase[],
  symptoms: readonly CompiledSymptom[],
): readonly string[] {
  return [
    ...phrases.flatMap(({ parts }) => parts),
    ...[...CODES, ...NUMBERS, ...DATABASE_WORDS, ...DATABASE_HINTS, ...FOREIGN_WORDS],
    ...symptoms.flatMap(({ anchor }) => anchor ?? []),
    ...PORTS.map(String),
    LOOPBACK,
  ];
}
