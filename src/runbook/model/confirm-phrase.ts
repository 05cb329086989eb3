import { words } from '#text/words.ts';

/** Words that decline, or that a prompt understands as commands; they never confirm anything. */
const WORDS: ReadonlySet<string> = new Set(
  words(`
    abort back cancel decline end exit help leave never no not quit retry skip stop undo`),
);
/** The length limit of a phrase: people copy longer ones instead of typing them. */
const LONGEST = 120;
// Control characters, invisible or reordering ones, lone surrogates, and blanks other than the
// space.
const UNTYPEABLE =
  /[\p{Control}\p{Default_Ignorable_Code_Point}\p{Surrogate}\p{Private_Use}\p{Unassigned}\u2800]|[^\S ]/u;
/** Replacements for phrases that cannot be used; the last one is always valid. */
const LAST = ['run it', 'go ahead'] as const;

/** Returns why a text cannot be the phrase of a gate, in present tense, or undefined if it can. */
export function phraseProblem(text: string): string | undefined {
  const phrase = text.trim();
  if (phrase === '') return 'it is empty';
  if (phrase.includes('‹secret:')) return 'it is masked';
  if (UNTYPEABLE.test(phrase)) return 'it has characters that nobody can type';
  if (phrase.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if ([...phrase].length === 1) return 'a single character is a key at the gate';
  return WORDS.has(phrase.toLowerCase()) ? 'the word has a meaning at the prompt' : undefined;
}

/** Returns whether a typed text is the phrase of a gate; spaces around it do not count. */
export function isPhrase(typed: string | undefined, phrase: string | undefined): boolean {
  return typed?.trim() === phrase;
}

/**
 * Returns the phrase to type at a gate: the requested one, else the target's name, the step's ID,
 * or a fixed one. It is never empty, a secret or a key name, and can always be typed.
 */
export function phraseToType(
  wanted: string,
  { target, step }: { readonly target: string | undefined; readonly step: string },
  isSecret: (text: string) => boolean,
): string {
  const candidates = [wanted, target ?? '', step, `run ${step}`, ...LAST];
  const usable = candidates.find((text) => phraseProblem(text) === undefined && !isSecret(text));
  return (usable ?? LAST[1]).trim();
}
