import { CATEGORIES, type Category } from './category.ts';
import { compileSignatures, isMessage, occurs, type Phrase } from './compile-signatures.ts';
import { codeEvidence, type Evidence } from './evidence.ts';
import { createAnchorFinder } from './find-anchors.ts';
import { kinOfTargets, looksReported } from './kin.ts';
import { DATABASE_HINTS, DATABASE_WORDS, FOREIGN_WORDS } from './kin-words.ts';
import { foldText, withoutDate, withoutSettings, withoutStatements } from './message.ts';
import { MYSQL_HINTS, MYSQL_LOG_NUMBERS, MYSQL_NUMBERS } from './mysql-numbers.ts';
import { sentenceEvidence } from './sentences.ts';
import { type Need, WEIGHT } from './signature.ts';
import { PLAIN_ANCHORS } from './signatures/plain-words.ts';
import { SQLSTATES } from './sqlstates.ts';
import { type CompiledSymptom, compileSymptoms, type RunbookSymptoms } from './symptoms.ts';

/** The result of classifying a record. */
export type Verdict = {
  readonly category: Category | 'none';
  /** Other possible categories of the same text, most likely first. */
  readonly alternatives: readonly Category[];
  /** The runbook that resolves it. */
  readonly runbook: string | undefined;
  /** The runbooks that list it among their symptoms. */
  readonly symptomOf: readonly string[];
  /** True if the evidence is only a hint, or nothing in the record speaks of a database. */
  readonly weak: boolean;
  /** The evidence, in words. */
  readonly why: string;
  /** The line of the record that contains the evidence, from 0. */
  readonly line: number;
};

/** Classifies records. */
interface Classifier {
  classify(record: string): Verdict;
}

const NOTHING: Verdict = {
  category: 'none',
  alternatives: [],
  runbook: undefined,
  symptomOf: [],
  weak: false,
  why: 'no sign of a failed database connection',
  line: 0,
};

/** The maximum number of cached verdicts. Errors repeat: the key is the record without its time. */
const MOST_REMEMBERED = 1_024;

/** Returns a classifier that knows the signatures and the symptoms of runbooks. */
export function createClassifier(library: readonly RunbookSymptoms[] = []): Classifier {
  const look = createLook(compileSymptoms(library));
  const remembered = new Map<string, Verdict>();
  return {
    classify(record) {
      const key = withoutDate(record);
      const known = remembered.get(key);
      if (known !== undefined) return known;
      const verdict = look(record);
      if (verdict === NOTHING) return verdict;
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      remembered.set(key, verdict);
      return verdict;
    },
  };
}

type Kind = 'phrase' | 'code' | 'number' | 'database' | 'hint' | 'foreign' | 'failure' | 'symptom';
type Anchor = { readonly kind: Kind; readonly index: number; readonly text: string };

/** The anchors found in a record in one pass. */
type Seen = {
  /** The phrases whose anchor occurs, with the offsets of its first and last occurrence. */
  readonly phrases: Map<number, { first: number; last: number }>;
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

function createLook(symptoms: readonly CompiledSymptom[]): (record: string) => Verdict {
  const phrases = compileSignatures();
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
  return (record) => {
    let text = withoutStatements(foldText(record));
    let seen = see(text);
    if (isSilent(seen) && seen.symptoms.size === 0) return NOTHING;
    const bare = withoutSettings(text);
    if (bare !== text) {
      text = bare;
      seen = see(text);
    }
    const kin = kinOf(text, seen);
    const evidence = evidenceIn(text, seen, phrases, kin);
    const symptomOf = [...seen.symptoms].flatMap((index) => {
      const symptom = symptoms[index];
      if (symptom === undefined || symptom.regex?.matches(record) === false) return [];
      return [symptom.runbook];
    });
    // The symptoms of a category's runbook are as general as its signatures.
    const counted =
      symptomOf.length === 0 || evidence.length > 0 || kin.mentionsDatabase()
        ? symptomOf
        : symptomOf.filter((runbook) => !RUNBOOKS.has(runbook));
    return verdictOf(text, evidence, [...new Set(counted)]);
  };

  function see(text: string): Seen {
    const seen: Seen = {
      phrases: new Map(),
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
  }
}

const RUNBOOKS = new Set(Object.values(CATEGORIES).map(({ runbook }) => runbook));

function isSilent(seen: Seen): boolean {
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
  if (kind === 'symptom') seen.symptoms.add(index);
  else if (kind === 'phrase') {
    const known = seen.phrases.get(index);
    if (known === undefined) seen.phrases.set(index, { first: start, last: start });
    else known.last = start;
  } else if (!seen[kind] && startsWord(text, start)) seen[kind] = true;
}

/** Tells whether a word starts at an offset: `ws:` inside `rows:` does not count. */
function startsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return !(before >= 97 && before <= 122);
}

/** Tells which kind of service a record is about. Its addresses are read only if needed. */
type Kin = {
  isDatabase(): boolean;
  isForeign(): boolean;
  /** Also when a word only suggests a database, and nothing speaks of another service. */
  mentionsDatabase(): boolean;
};

function kinOf(text: string, seen: Seen): Kin {
  let targets: ReturnType<typeof kinOfTargets> | undefined;
  const kin = () => {
    targets ??= kinOfTargets(text);
    return targets;
  };
  const isDatabase = () => seen.database || kin() === 'database';
  const isForeign = () => !isDatabase() && (seen.foreign || kin() === 'foreign');
  const mentionsDatabase = () => isDatabase() || (seen.hint && !isForeign());
  return { isDatabase, isForeign, mentionsDatabase };
}

/** Returns the evidence of a record; a sentence without a code counts only where nothing else does. */
function evidenceIn(
  text: string,
  seen: Seen,
  phrases: readonly Phrase[],
  kin: Kin,
): readonly Evidence[] {
  if (isSilent(seen)) return [];
  const found = weigh(text, seen, phrases, kin);
  const named = seen.failure && (seen.database || seen.hint);
  return found.length > 0 || !named || !kin.mentionsDatabase() ? found : sentenceEvidence(text);
}

function weigh(
  text: string,
  seen: Seen,
  phrases: readonly Phrase[],
  { isDatabase, isForeign, mentionsDatabase }: Kin,
): readonly Evidence[] {
  const isMet: Readonly<Record<Need, (phrase: Phrase) => boolean>> = {
    nothing: () => true,
    'not-foreign': () => !isForeign(),
    reported: (phrase) =>
      isDatabase() || (!isForeign() && (looksReported(text) || isMessage(phrase, text))),
    database: mentionsDatabase,
  };
  const found: Evidence[] = [];
  // Below the last cause of a trace, a failed socket is as telling as a reason above it.
  const cause = text.lastIndexOf('\ncaused by: ');
  const root = cause === -1 ? text.length : cause;
  for (const [index, { first, last }] of seen.phrases) {
    const phrase = phrases[index];
    if (phrase === undefined || !occurs(phrase, text, first, last)) continue;
    if (!isMet[phrase.needs](phrase)) continue;
    const { category, also, weight, named, needs } = phrase;
    const weak = weight <= WEIGHT.hint || (needs !== 'nothing' && !mentionsDatabase());
    const isRoot = last > root && weight >= WEIGHT.socket;
    found.push({
      category,
      also,
      weight: isRoot ? Math.max(weight, WEIGHT.reason) : weight,
      named,
      at: last,
      weak,
    });
  }
  if (seen.code || seen.number) found.push(...codeEvidence(text, isDatabase));
  return found;
}

function verdictOf(
  text: string,
  evidence: readonly Evidence[],
  symptomOf: readonly string[],
): Verdict {
  const [best, ...others] = evidence.toSorted((a, b) => b.weight - a.weight || b.at - a.at);
  if (best === undefined) {
    const [runbook] = symptomOf;
    if (runbook === undefined) return NOTHING;
    return { ...NOTHING, runbook, symptomOf, why: `a symptom that the runbook ${runbook} names` };
  }
  const { category } = best;
  const alternatives = new Set([...best.also, ...others.map((it) => it.category)]);
  alternatives.delete(category);
  const reasons = [best, ...others.filter((it) => it.category === category)];
  return {
    category,
    alternatives: [...alternatives],
    runbook: CATEGORIES[category].runbook,
    symptomOf,
    weak: evidence.every(({ weak }) => weak),
    why: [...new Set(reasons.map(({ named }) => named))].slice(0, 3).join('; '),
    line: lineAt(text, best.at),
  };
}

function lineAt(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}
