/** Words that say no, or what else a prompt understands; they never confirm anything. */
const WORDS: ReadonlySet<string> = new Set([
  'abort',
  'back',
  'cancel',
  'decline',
  'end',
  'exit',
  'help',
  'leave',
  'never',
  'no',
  'not',
  'quit',
  'retry',
  'skip',
  'stop',
  'undo',
]);
/** A longer one is copied, not typed. */
const LONGEST = 120;
// Controls, what is invisible or reorders text, halves of characters, and blanks that are no space.
const UNTYPEABLE =
  /[\p{Control}\p{Default_Ignorable_Code_Point}\p{Surrogate}\p{Private_Use}\p{Unassigned}\u2800]|[^\S ]/u;
/** In the place of phrases that cannot be asked for; the last one stands whatever else fails. */
const LAST = ['run it', 'go ahead'] as const;

/** Returns why a text cannot be the phrase of a gate, present tense, or undefined when it can. */
export function phraseProblem(text: string): string | undefined {
  const phrase = text.trim();
  if (phrase === '') return 'it is empty';
  if (phrase.includes('‹secret:')) return 'it is masked';
  if (UNTYPEABLE.test(phrase)) return 'it has characters that nobody can type';
  if (phrase.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if ([...phrase].length === 1) return 'a single character is a key at the gate';
  return WORDS.has(phrase.toLowerCase()) ? 'the word has a meaning at the prompt' : undefined;
}

/**
 * Returns what has to be typed at a gate: the phrase that is wanted, else the target's name, the step's
 * id, or a fixed one. It is never empty, never a secret, never a key, and can always be typed.
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
