import { CATEGORIES, type Category } from './category.ts';
import { compileSignatures, isMessage, occurs, type Phrase } from './compile-signatures.ts';
import { codeEvidence, type Evidence } from './evidence.ts';
import { readFields } from './fields.ts';
import { kinOfTargets, looksAttempted, looksReported } from './kin.ts';
import { foldText, isQuiet, isStamped, withoutSettings, withoutStatements } from './message.ts';
import { otherReadings } from './misread.ts';
import { createRecordKey } from './record-key.ts';
import { createSight, isSilent, numbersRead, type Seen } from './sight.ts';
import { type Need, WEIGHT } from './signature.ts';
import { PARTS, PLAIN_SENTENCES } from './signatures/plain-words.ts';
import { compileSymptoms, type RunbookSymptoms } from './symptoms.ts';

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

/** The maximum number of cached verdicts. Errors repeat, but for their numbers. */
const MOST_REMEMBERED = 4_096;

/** Returns a classifier that knows the signatures and the symptoms of runbooks. */
export function createClassifier(library: readonly RunbookSymptoms[] = []): Classifier {
  const symptoms = compileSymptoms(library);
  const phrases = compileSignatures();
  const see = createSight(phrases, symptoms);
  const keyOf = createRecordKey(numbersRead(phrases, symptoms));
  const remembered = new Map<string, Verdict>();
  return {
    classify(record) {
      const verdict = classifyAs(record);
      if (verdict.category !== 'none') return verdict;
      for (const reading of otherReadings(record)) {
        const other = classifyAs(reading);
        if (other.category !== 'none' && !other.weak) return other;
      }
      return verdict;
    },
  };

  function classifyAs(record: string): Verdict {
    const text = withoutStatements(foldText(record));
    const seen = see(text);
    if (isSilent(seen) && seen.symptoms.size === 0) return NOTHING;
    const key = [...seen.symptoms].some((index) => symptoms[index]?.readsDigits)
      ? record
      : keyOf(record);
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const { verdict, isQuoted } = judge(record, text, seen);
    if (isQuoted) return verdict;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, verdict);
    return verdict;
  }

  function judge(record: string, folded: string, first: Seen) {
    const text = withoutSettings(folded);
    const seen = text === folded ? first : see(text);
    const kin = kinOf(text, seen);
    const fields = readFields(record);
    const parts =
      fields === undefined
        ? [{ text, seen, line: 0, isLogged: isStamped(text), isQuiet: isQuiet(text) }]
        : fields.said.map((field) => partOf(field, seen, fields.isQuiet));
    const evidence = evidenceIn(parts, phrases, kin);
    const said = new Set(parts.flatMap((part) => [...part.seen.symptoms]));
    const symptomOf = [...seen.symptoms].flatMap((index) => {
      const symptom = symptoms[index];
      if (symptom === undefined || symptom.regex?.matches(record) === false) return [];
      return RUNBOOKS.has(symptom.runbook) && !said.has(index) ? [] : [symptom.runbook];
    });
    // The symptoms of a category's runbook are as general as its signatures: they are judged by fields,
    // and need a database. Those of an author may be about any part of a record.
    const counted =
      symptomOf.length === 0 || evidence.length > 0 || kin.mentionsDatabase()
        ? symptomOf
        : symptomOf.filter((runbook) => !RUNBOOKS.has(runbook));
    const verdict = verdictOf(evidence, [...new Set(counted)]);
    return { verdict, isQuoted: evidence.some((one) => one.isQuoted) };
  }

  /** The whole record tells whose it is; only the field tells what happened. */
  function partOf(
    { text: said, line }: { text: string; line: number },
    whole: Seen,
    isQuiet: boolean,
  ): Part {
    const text = withoutSettings(withoutStatements(foldText(said)));
    const { database, hint, foreign } = whole;
    return { text, seen: { ...see(text), database, hint, foreign }, line, isLogged: true, isQuiet };
  }
}

const RUNBOOKS = new Set(Object.values(CATEGORIES).map(({ runbook }) => runbook));

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

/** A text of a record that is judged by itself. */
type Part = {
  readonly text: string;
  readonly seen: Seen;
  /** Its first line in the record, from 0. */
  readonly line: number;
  /** True if it is from a log, which has the lines of every service, and not an error by itself. */
  readonly isLogged: boolean;
  /** True if its record says that it is informational. */
  readonly isQuiet: boolean;
};

/** Evidence with the part, from 0, and the line of the record that holds it. */
type Located = Evidence & { readonly part: number; readonly line: number };

/** Returns the evidence of a record; a sentence without a code counts only where nothing else does. */
function evidenceIn(
  parts: readonly Part[],
  phrases: readonly Phrase[],
  kin: Kin,
): readonly Located[] {
  const found = parts.flatMap((part, index) => located(part, index, weigh(part, phrases, kin)));
  if (found.length > 0 || !kin.mentionsDatabase()) return found;
  return parts.flatMap((part, index) => {
    const { text, seen, isQuiet } = part;
    const named = seen.failure && (seen.database || seen.hint);
    return named && !isQuiet ? located(part, index, sentenceEvidence(text)) : [];
  });
}

function located(
  { text, line }: Part,
  part: number,
  evidence: readonly Evidence[],
): readonly Located[] {
  return evidence.map((one) => ({ ...one, part, line: line + lineAt(text, one.at) }));
}

function weigh(
  { text, seen, isLogged }: Part,
  phrases: readonly Phrase[],
  { isDatabase, isForeign, mentionsDatabase }: Kin,
): readonly Evidence[] {
  if (isSilent(seen)) return [];
  // In a log, errors of sockets, names and certificates may be of any service, and of any client.
  const isOther = ({ weight }: Phrase) =>
    isForeign() ||
    (isLogged && weight <= WEIGHT.tls && !mentionsDatabase() && !looksAttempted(text));
  const isMet: Readonly<Record<Need, (phrase: Phrase) => boolean>> = {
    nothing: () => true,
    'not-foreign': (phrase) => !isOther(phrase),
    reported: (phrase) =>
      isDatabase() || (!isOther(phrase) && (looksReported(text) || isMessage(phrase, text))),
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

function verdictOf(evidence: readonly Located[], symptomOf: readonly string[]): Verdict {
  const [best, ...others] = evidence.toSorted(
    (a, b) => b.weight - a.weight || b.part - a.part || b.at - a.at,
  );
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
    line: best.line,
  };
}

function lineAt(text: string, offset: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}

const SENTENCES = PLAIN_SENTENCES.map(({ category, also = [], says }) => ({
  category,
  also,
  pattern: new RegExp(says.map(({ source }) => written(source)).join('|')),
}));

function written(sentence: string): string {
  return sentence.replace(
    /FAILS|DATABASE|CONNECTION|NEAR/g,
    (name) => PARTS[name as keyof typeof PARTS],
  );
}

/** The text that is searched: sentences come early in a record, and the search stays cheap. */
const LONGEST_SENTENCE = 2_000;

/**
 * Returns the evidence of a sentence without a code or a known phrase, such as "could not ping DB":
 * a failure and what failed, in the order of the language. It is the weakest evidence.
 */
function sentenceEvidence(text: string): readonly Evidence[] {
  const early = text.slice(0, LONGEST_SENTENCE);
  for (const { category, also, pattern } of SENTENCES) {
    const found = pattern.exec(early);
    if (found === null) continue;
    return [
      {
        category,
        also,
        weight: WEIGHT.hint,
        at: found.index + found[0].length,
        named: `"${found[0].replaceAll('"', "'").trim()}"`,
        isQuoted: true,
        weak: true,
      },
    ];
  }
  return [];
}
