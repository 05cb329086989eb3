/** The searchable texts of an entry. */
export type Searchable = {
  /** Its names: a query may omit letters of these. */
  readonly names: readonly string[];
  /** Its descriptions. */
  readonly texts: readonly string[];
  /** Its symptoms, which rank last. */
  readonly signs: readonly string[];
};

/** Returns the entries that match every word of a query, best first, else in their order. */
export function searchIn<T>(
  entries: readonly T[],
  query: string,
  searchable: (entry: T) => Searchable,
): readonly T[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries
    .map((entry) => ({ entry, score: scoreOf(words, searchable(entry)) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}

/** Returns the sum of each word's best match; a word without a match excludes the entry. */
function scoreOf(words: readonly string[], { names, texts, signs }: Searchable): number {
  let sum = 0;
  for (const word of words) {
    const score = Math.max(
      ...names.map((name) => nameScore(word, folded(name))),
      ...texts.map((text) => textScore(word, folded(text))),
      ...signs.map((sign) => (folded(sign).includes(word) ? 20 : 0)),
    );
    if (score <= 0) return 0;
    sum += score;
  }
  return sum;
}

function nameScore(word: string, name: string): number {
  if (name === word) return 100;
  if (name.startsWith(word)) return 90;
  if (beginsWordIn(word, name)) return 80;
  if (name.includes(word)) return 70;
  return hasLettersOf(word, name) ? 10 : 0;
}

function textScore(word: string, text: string): number {
  if (beginsWordIn(word, text)) return 50;
  return text.includes(word) ? 40 : 0;
}

function beginsWordIn(word: string, text: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return true;
  return false;
}

/** The minimum length of an abbreviation: two letters match almost anything. */
const FEWEST_LETTERS = 3;

/**
 * Returns whether a name has the letters of a word in order, the first one at a word start: `plex`.
 */
function hasLettersOf(word: string, name: string): boolean {
  if (word.length < FEWEST_LETTERS) return false;
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .some((_, index, parts) => inOrder(word, parts.slice(index).join('')));
}

function inOrder(word: string, letters: string): boolean {
  if (word[0] !== letters[0]) return false;
  let at = 0;
  for (const letter of letters) if (letter === word[at]) at += 1;
  return at === word.length;
}

function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
